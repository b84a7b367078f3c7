import { LedgerError } from '@passport/ledger-client';
import {
  dayOf,
  type EventInput,
  type EventPlace,
  type Fields,
  parse,
  parseEventId,
  reason,
  type RecordableKind,
  sealClear,
  type SourceId,
  type Vid,
} from '@passport/model';
import type { PassportFixture, PassportMember } from '@passport/testkit';

import { pick } from './random.ts';

const DAY_MS = 86_400_000;
const LATE_DAYS_MAX = 20;
const EVENTS_MAX = 6;
const RETRY_MS = 30;

/** What each member writes. */
const kinds = {
  MakerMSP: ['trip', 'trip', 'mileage'],
  InsurerMSP: ['incident'],
  GarageMSP: ['intervention', 'mileage'],
} as const satisfies Readonly<Record<PassportMember, readonly RecordableKind[]>>;

const members = Object.keys(kinds) as PassportMember[];

type Written = { readonly vid: Vid; readonly at: EventInput['at']; readonly place: EventPlace };

/** Sources that write all the time: trips, readings, work, incidents, late ones, and voidings. */
export class Load {
  /** Transactions that were committed. */
  committed = 0;
  /** Transactions under way. */
  pending = 0;
  readonly #fixture: PassportFixture;
  readonly #vids: readonly Vid[];
  readonly #random: () => number;
  readonly #over = new AbortController();
  readonly #running: Promise<unknown>;
  #number = 0;

  constructor(fixture: PassportFixture, vids: readonly Vid[], random: () => number) {
    this.#fixture = fixture;
    this.#vids = vids;
    this.#random = random;
    this.#running = Promise.all(members.map((member) => this.#write(member)));
    // It is waited for in `stop`, and may fail before.
    this.#running.catch(() => {});
  }

  /** Throws what a source got for an answer that it should not have got. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #write(member: PassportMember): Promise<void> {
    const { source } = this.#fixture.members[member];
    const written: Written[] = [];
    while (!this.#over.signal.aborted) {
      this.pending += 1;
      try {
        if (written.length > 3 && this.#random() < 0.15) await this.#void(member, written);
        else written.push(...(await this.#record(member, source)));
        this.committed += 1;
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code === 'CHAINCODE_REFUSED') throw error;
        // The ledger is away, or another transaction was first.
        await new Promise((done) => setTimeout(done, RETRY_MS));
      } finally {
        this.pending -= 1;
      }
    }
  }

  async #record(member: PassportMember, source: SourceId): Promise<Written[]> {
    const count = 1 + Math.floor(this.#random() * EVENTS_MAX);
    const events = Array.from({ length: count }, () => this.#event(member));
    const { user } = this.#fixture.members[member];
    const commandId = this.#fixture.commandId();
    const { answer } = await user.passport.recordEvents({ commandId, source, events });
    const indexes = new Map<Vid, number>();
    return events.map(({ vid, at }) => {
      const index = indexes.get(vid) ?? 0;
      indexes.set(vid, index + 1);
      return { vid, at, place: { source, entry: answer.entries[vid] ?? 0, index } };
    });
  }

  #event(member: PassportMember): EventInput {
    const kind = pick(kinds[member], this.#random);
    this.#number += 1;
    const daysAgo = this.#random() < 0.3 ? Math.floor(this.#random() * LATE_DAYS_MAX) : 0;
    const fields = this.#fields(kind);
    return {
      id: parseEventId(`load.${this.#number}`),
      vid: pick(this.#vids, this.#random),
      kind,
      at: dayOf(Date.now() - daysAgo * DAY_MS),
      method: kind === 'trip' ? 'connected-car' : 'professional',
      ...(kind === 'incident' ? {} : { odometerKm: 1_000 + Math.floor(this.#random() * 5_000) }),
      ...(Object.keys(fields).length === 0 ? {} : { sealed: sealClear(fields) }),
    };
  }

  #fields(kind: RecordableKind): Fields {
    const number = (max: number): number => Math.floor(this.#random() * max);
    if (kind === 'trip') {
      return {
        'Vehicle.TripMeterReading': number(80_000),
        'Vehicle.TripDuration': number(7_200_000),
        'Vehicle.AverageSpeed': number(40_000),
        'Passport.Trip.HarshBrakes': number(4),
      };
    }
    if (kind === 'intervention') {
      return { 'Passport.Intervention.Jobs': pick(['oil', 'oil,brakes', 'tyres'], this.#random) };
    }
    if (kind === 'incident') {
      return { 'Passport.Incident.Severity': pick(['minor', 'severe'], this.#random) };
    }
    return {};
  }

  async #void(member: PassportMember, written: Written[]): Promise<void> {
    const [event] = written.splice(Math.floor(this.#random() * written.length), 1);
    if (event === undefined) return;
    const { user, source } = this.#fixture.members[member];
    this.#number += 1;
    await user.passport.voidEvent({
      commandId: this.#fixture.commandId(),
      ...{ source, id: parseEventId(`void.${this.#number}`), vid: event.vid, at: event.at },
      ...{ event: event.place, reason: parse(reason, 'mistaken') },
    });
  }
}
