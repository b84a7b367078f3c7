import * as z from 'zod';

import { signedCommand } from '../commands/signed-command.ts';
import { handOverWrap, type KeyWrap } from '../consent/grant.ts';
import type { KeyScope } from '../events/key-scopes.ts';
import {
  BATCH_EVENTS_MAX,
  eventInput,
  type EventPlace,
  observation,
  odometerKm,
  type RecordedEvent,
} from '../events/event.ts';
import {
  eventId,
  keyId,
  type KeyId,
  type MspId,
  reason,
  sourceId,
  type SourceId,
} from '../identifiers/names.ts';
import { sealed, type Sealed } from '../events/sealed.ts';
import { vid, type Vid } from '../identifiers/vid.ts';
import { day, type Day } from '../time/day.ts';
import type { Instant } from '../time/instant.ts';
import type { VehicleState } from '../vehicle/life-cycle.ts';
import { codedText } from '../wire/parse.ts';
import { batchOf } from './batch.ts';
import { sealingKeyInputs } from './consent.ts';
import { reads, submits } from './contract-function.ts';

/** What a batch of events came to. */
export type Recorded = {
  readonly transactionId: string;
  readonly events: number;
  /** The entry of the source that each vehicle's events are in. */
  readonly entries: Readonly<Record<Vid, number>>;
};

/** One vehicle as it entered the ledger. */
export type Registration = {
  readonly vid: Vid;
  /** When it came into use. */
  readonly day: Day;
  readonly registeredBy: MspId;
  readonly registeredAt: Instant;
  readonly ticket: string;
  /** The vehicle's papers: fields of class `ownership`. */
  readonly sealed?: Sealed;
  readonly generated?: true;
};

/** Where a vehicle is in its life, and how it got there. */
export type LifeCycle = {
  readonly state: VehicleState;
  /** Since which transaction. */
  readonly since: Instant;
  /** The member whose act, or report, changed it last. */
  readonly by: MspId;
  /** The day of what changed it last. */
  readonly on: Day;
  /** When the vehicle came into use. */
  readonly day: Day;
  /** The latest epoch of each scope whose key is closed: nothing is recorded that is sealed to it. */
  readonly closed?: Readonly<Partial<Record<KeyScope, number>>>;
  /** Who declared the wreck, while the vehicle is one. */
  readonly wreckDeclaredBy?: MspId;
  /** The last time that the odometer was replaced: what both of them read. */
  readonly odometerReplaced?: { readonly on: Day; readonly formerKm: number; readonly km: number };
};

/** A vehicle. */
export type Vehicle = {
  readonly registration: Registration;
  readonly lifeCycle: LifeCycle;
  readonly owner: { readonly keyId: KeyId; readonly ownerEpoch: number } | null;
};

/** An event in its place of a log book. */
export type LogBookEvent = RecordedEvent &
  EventPlace & {
    readonly recordedAt: Instant;
    /** Where the event that voids it is, once it is void. */
    readonly voidedBy?: EventPlace & { readonly reason: string };
  };

/** That somebody became the owner of a vehicle. */
export type OwnerChange = {
  /** Null where an owner erased what was theirs, and nobody owns it. */
  readonly keyId: KeyId | null;
  readonly ownerEpoch: number;
  readonly since: Instant;
  /** Keys that the former owner handed over. */
  readonly handOver?: KeyWrap;
};

/** A vehicle's log book, by day, and within a day in the order in which it was recorded. */
export type LogBook = Vehicle & {
  readonly owners: readonly OwnerChange[];
  readonly events: readonly LogBookEvent[];
};

/** All that recording keeps of what one source wrote about one vehicle. */
export type SourceHead = {
  readonly vid: Vid;
  readonly source: SourceId;
  readonly entries: number;
  readonly events: number;
  /** The latest day of an event. */
  readonly latestDay: Day;
  /** The reading of the latest day that had one. */
  readonly odometer: OdometerReading | null;
  /** The one before it, for when that is voided. */
  readonly formerOdometer: OdometerReading | null;
};

/** What an odometer read, and where that is in the log book. */
export type OdometerReading = {
  readonly at: Day;
  readonly km: number;
  readonly entry: number;
  readonly index: number;
};

const ticket = codedText<string>(
  'COMMAND_MALFORMED',
  /^[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{86}$/,
);

const place = z.strictObject({
  source: sourceId,
  entry: z.int().min(1),
  index: z
    .int()
    .min(0)
    .max(BATCH_EVENTS_MAX - 1),
});

const act = { source: sourceId, event: observation };

/** `args` of the commands that seller and buyer sign; `sub` is the vid, `jti` the same for both. */
export const handOverCommands = {
  seller: z.strictObject({
    to: keyId,
    /** Keys of the history that goes with the car, sealed to the buyer. */
    handOver: handOverWrap.optional(),
  }),
  buyer: z.strictObject({
    from: keyId,
    /** The first keys that fields are sealed to from now on. */
    keys: sealingKeyInputs.default([]),
  }),
};

/** Contract `Passport`: the log book of every vehicle. */
export const passportContract = {
  registerVehicles: submits<{ readonly vids: readonly Vid[] }>()(
    'Registers vehicles, each by a ticket that the registry signed.',
    {
      source: sourceId,
      vehicles: batchOf(
        z.strictObject({
          ticket,
          day,
          owner: keyId.optional(),
          /** The owner's first keys, which the papers are sealed to. */
          keys: sealingKeyInputs.optional(),
          sealed: sealed.optional(),
          generated: z.literal(true).optional(),
        }),
      ),
    },
  ),
  recordEvents: submits<Recorded>()(
    'Records up to 500 events of one source: all of them, or none.',
    {
      source: sourceId,
      events: batchOf(eventInput),
    },
  ),
  appraise: submits<Recorded>()('An expert appraised the damage.', act),
  declareWreck: submits<Recorded>()('An expert declares an appraised vehicle a wreck.', act),
  recordRepair: submits<Recorded>()('A garage repaired a damaged vehicle, or a wreck.', act),
  liftWreck: submits<Recorded>()(
    'An expert of another member than the declarer clears a repaired wreck.',
    act,
  ),
  recordExport: submits<Recorded>()('The vehicle left the country.', act),
  recordReturn: submits<Recorded>()('An exported vehicle is back and was inspected.', act),
  scrap: submits<Recorded>()('The vehicle is scrapped.', act),
  replaceOdometer: submits<Recorded>()(
    'The odometer was replaced: what the old one read, and what the new one reads.',
    { source: sourceId, event: observation.extend({ odometerKm }), formerOdometerKm: odometerKm },
  ),
  voidEvent: submits<Recorded>()(
    'Voids an event of the same source, with a reason. The event stays; another one says so.',
    { source: sourceId, id: eventId, vid, at: day, event: place, reason },
  ),
  assignOwner: submits<{ readonly vid: Vid; readonly ownerEpoch: number }>()(
    'Names the owner of a vehicle that has none, as the member that registered it.',
    { vid, owner: keyId },
  ),
  transferOwnership: submits<{ readonly vid: Vid; readonly ownerEpoch: number }>()(
    'Hands a vehicle over: signed by its owner and by the next one.',
    { seller: signedCommand, buyer: signedCommand },
  ),
  readVehicle: reads<Vehicle>()('Registration, life-cycle state and owner of a vehicle.', { vid }),
  readLogBook: reads<LogBook>()('The whole log book of a vehicle, by day.', { vid }),
  readHead: reads<SourceHead | null>()('What a source wrote last about a vehicle.', {
    vid,
    source: sourceId,
  }),
};
