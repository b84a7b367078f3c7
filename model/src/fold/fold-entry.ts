import type { LogBookEntry, RecordedEvent } from '../events/event.ts';
import type { Emit } from '../facts/fact.ts';
import type { Fields } from '../signals/signals.ts';
import { canonicalJson, type JsonValue } from '../wire/canonical-json.ts';
import { millisecondsOf } from '../time/instant.ts';
import { contribute, contributeActivity } from './contributions.ts';
import type { FoldMemory, KeptEvent } from './fold-memory.ts';
import { type LedgerEvent, traitsOf, UNKNOWN } from './ledger-event.ts';
import { chainOrder, type EventAddress, type LogRow } from './log-row.ts';
import { readingOf, relink } from './odometer-chain.ts';

/** What an entry is folded with. */
export type FoldContext = {
  readonly memory: FoldMemory;
  /** Where its first event is. */
  readonly address: EventAddress;
  /** The ledger's time at its block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
  /** Opens the fields that the market may read. */
  readonly open: (event: RecordedEvent) => Fields;
  readonly emit: Emit;
};

/**
 * Turns an entry of a log book into its lines and its facts. A voiding takes back all facts of what it
 * voids, at its own block; a reading that comes late splits the step that went past it. Throws
 * Error when the entry refers to something that the ledger has not had before: the chaincode has
 * checked that.
 */
export function foldEntry(entry: LogBookEntry, context: FoldContext): LogRow[] {
  const { memory, address, emit } = context;
  const { vid, source } = entry;
  const shared = {
    vid,
    source,
    sourceKind: memory.sourceKind(source) ?? UNKNOWN,
    traits: memory.traits(vid) ?? traitsOf({}),
  };
  return entry.events.map((recorded, index) => {
    const { sealed: _, ...known } = recorded;
    const event: LedgerEvent = { ...known, ...shared, fields: context.open(recorded) };
    const at = { ...address, index: address.index + index };
    contributeActivity(event, context.ledgerTimeMs, emit);
    if (event.voids === undefined) {
      const kept = keep(event, chainOrder(event.at, at));
      memory.putEvent(vid, { source, entry: entry.entry, index }, kept);
      come(event, kept.order, memory, emit);
    } else {
      retract(event, event.voids, memory, emit);
    }
    return rowOf(entry, event, index, at);
  });
}

function come(event: LedgerEvent, order: string, memory: FoldMemory, emit: Emit): void {
  contribute(event, 1, emit);
  const reading = readingOf(event);
  if (reading === undefined) return;
  const { vid } = event;
  const before = memory.readingBefore(vid, order);
  relink(before, reading, memory.readingAfter(vid, order), 1, emit);
  memory.putReading(vid, order, reading);
}

function retract(
  { vid, traits }: LedgerEvent,
  { source, entry, index }: NonNullable<LedgerEvent['voids']>,
  memory: FoldMemory,
  emit: Emit,
): void {
  const kept = memory.event(vid, { source, entry, index });
  if (kept === undefined) throw new Error(`${vid} voids ${source} ${entry} ${index}, never seen`);
  const event: LedgerEvent = { ...kept, vid, source, traits };
  contribute(event, -1, emit);
  const reading = readingOf(event);
  if (reading === undefined) return;
  const { order } = kept;
  memory.removeReading(vid, order);
  const before = memory.readingBefore(vid, order);
  relink(before, reading, memory.readingAfter(vid, order), -1, emit);
}

function keep(event: LedgerEvent, order: string): KeptEvent {
  const { id, kind, at, method, odometerKm, formerOdometerKm, quality, flags, generated } = event;
  return {
    id,
    kind,
    at,
    method,
    quality,
    flags,
    sourceKind: event.sourceKind,
    fields: event.fields,
    order,
    ...(odometerKm === undefined ? {} : { odometerKm }),
    ...(formerOdometerKm === undefined ? {} : { formerOdometerKm }),
    ...(generated === undefined ? {} : { generated }),
  };
}

function rowOf(
  { vid, source, entry, recordedAt }: LogBookEntry,
  event: LedgerEvent,
  index: number,
  address: EventAddress,
): LogRow {
  const { kind, at, odometerKm, quality } = event;
  return {
    ...address,
    vid,
    kind,
    at,
    recordedAtMs: millisecondsOf(recordedAt),
    place: { source, entry, index },
    odometerKm: odometerKm ?? null,
    quality: quality.index,
    detail: detailOf(event),
  };
}

function detailOf(event: LedgerEvent): string {
  const { id, method, quality, flags, state, generated, formerOdometerKm, voids, fields } = event;
  const { source, method: byMethod, plausibility, timeliness } = quality;
  const detail: Record<string, JsonValue | undefined> = {
    id,
    method,
    flags,
    state,
    generated,
    formerOdometerKm,
    scores: { source, method: byMethod, plausibility, timeliness },
    ...(voids === undefined ? {} : { voids: { ...voids } }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  };
  return canonicalJson(detail as Record<string, JsonValue>);
}
