import {
  type CommandId,
  type EventId,
  type EventInput,
  type EventPlace,
  PassportError,
  type Recorded,
  type SourceId,
  type Vid,
} from '@passport/model';

import type { LogBookWriter } from '../log-book-writer.ts';

/** One line of a vehicle's log book in {@link MemoryLedger}. */
export type Line =
  | { readonly type: 'event'; readonly id: EventId; readonly input: EventInput }
  | { readonly type: 'void'; readonly id: EventId; readonly of: EventId };

/** What a ledger does with commands, in memory: each id once, the same answer ever after. */
export class MemoryLedger implements LogBookWriter {
  readonly #source: SourceId;
  readonly #done = new Map<CommandId, { readonly payload: string; readonly answer: unknown }>();
  readonly #entries = new Map<Vid, EventId[][]>();
  readonly books = new Map<Vid, Line[]>();
  /** Calls that changed something. */
  changes = 0;
  /** Refuses the event of this id. */
  refuses: EventId | undefined;
  /** Refuses events with fields that are sealed as these: their keys are closed. */
  closed: string | undefined;

  constructor(source: SourceId) {
    this.#source = source;
  }

  async registerVehicles(
    id: CommandId,
    vehicles: Parameters<LogBookWriter['registerVehicles']>[1],
  ): Promise<void> {
    return this.#once(id, vehicles, () => {
      for (const { vid } of vehicles) {
        if (this.books.has(vid)) throw new PassportError('VEHICLE_KNOWN', vid);
      }
      for (const { vid } of vehicles) this.books.set(vid, []);
    });
  }

  async recordEvents(id: CommandId, events: readonly EventInput[]): Promise<Recorded> {
    return this.#once(id, events, () => {
      if (events.length === 0) throw new PassportError('BATCH_EMPTY', 'none');
      if (events.length > 500) throw new PassportError('BATCH_TOO_LARGE', 'more than 500');
      for (const [index, event] of events.entries()) {
        const pointer = `/events/${index}`;
        if (!this.books.has(event.vid)) throw new PassportError('VEHICLE_UNKNOWN', 'no', pointer);
        if (this.closed !== undefined && JSON.stringify(event.sealed) === this.closed) {
          throw new PassportError('EPOCH_CLOSED', event.id, pointer);
        }
        if (event.id === this.refuses) throw new PassportError('KIND_NOT_ALLOWED', 'no', pointer);
      }
      const entries: Record<Vid, number> = {};
      for (const vid of new Set(events.map((event) => event.vid))) {
        const own = events.filter((event) => event.vid === vid);
        entries[vid] = this.#entry(
          vid,
          own.map((event) => event.id),
        );
        for (const input of own) this.#book(vid).push({ type: 'event', id: input.id, input });
      }
      return { transactionId: id, events: events.length, entries };
    });
  }

  async voidEvent(
    id: CommandId,
    request: Parameters<LogBookWriter['voidEvent']>[1],
  ): Promise<void> {
    return this.#once(id, request, () => {
      const of = this.eventAt(request.vid, request.event);
      if (of === undefined) throw new PassportError('EVENT_UNKNOWN', request.id);
      const isVoid = this.#book(request.vid).some((line) => line.type === 'void' && line.of === of);
      if (isVoid) throw new PassportError('EVENT_VOIDED', request.id);
      this.#entry(request.vid, [request.id]);
      this.#book(request.vid).push({ type: 'void', id: request.id, of });
    });
  }

  eventAt(vid: Vid, { source, entry, index }: EventPlace): EventId | undefined {
    return source === this.#source ? this.#entries.get(vid)?.[entry - 1]?.[index] : undefined;
  }

  #book(vid: Vid): Line[] {
    const book = this.books.get(vid);
    if (book === undefined) throw new PassportError('VEHICLE_UNKNOWN', vid);
    return book;
  }

  #entry(vid: Vid, ids: EventId[]): number {
    const entries = this.#entries.get(vid) ?? [];
    this.#entries.set(vid, entries);
    return entries.push(ids);
  }

  #once<Answer>(id: CommandId, request: unknown, change: () => Answer): Answer {
    const payload = JSON.stringify(request);
    const done = this.#done.get(id);
    if (done !== undefined) {
      if (done.payload !== payload) throw new PassportError('COMMAND_ID_REUSED', id);
      return done.answer as Answer;
    }
    const answer = change();
    this.changes += 1;
    this.#done.set(id, { payload, answer });
    return answer;
  }
}
