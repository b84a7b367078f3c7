import {
  type Day,
  type EventInput,
  type Fields,
  parseEventId,
  type Sealed,
  type Vid,
  vidOfBytes,
} from '@passport/model';

import type { FeedEvent } from '../feed.ts';
import type {
  Command,
  KnownVehicle,
  Outcome,
  RegisterCommand,
} from '../memory/connector-memory.ts';
import { carryOut, type Means } from './carry-out.ts';
import { commandIdOf } from './command-id.ts';

/** Seals the fields of one event for the ledger. */
export type Seal = (
  fields: Fields,
  of: { readonly vid: Vid; readonly id: FeedEvent['id']; readonly at: Day },
) => Sealed | Promise<Sealed>;

/** What it takes to bring events to the ledger. */
export type Delivery = Means & {
  readonly seal: Seal;
  /** Unpredictable bytes, for the pseudonyms of vehicles. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Hears of each command that was carried out. */
  readonly onOutcome: (outcome: Outcome) => void;
};

const VID_BYTES = 16;

/**
 * Vehicles of one registration: each takes its endorsers the checking of a signature, and a busy one is
 * to be done within the deadline of a call.
 */
const REGISTER_AT_ONCE = 100;

/** Corrections that a lane has under way at once. */
const VOIDS_IN_FLIGHT = 16;

/**
 * Brings events to the ledger: registers the vehicles that it does not have, voids what events
 * correct (none of it may be among them), then records all. Each step is under way in the memory
 * before it is begun, so that it can be made again as it was.
 */
export async function deliverBatch(
  events: readonly FeedEvent[],
  delivery: Delivery,
): Promise<void> {
  const { source, memory } = delivery;
  await registerAll(events, delivery);
  await voidAllCorrected(events, delivery);
  const inputs = await Promise.all(
    events.map((event) => inputOf(event, vidOf(event, memory), delivery.seal)),
  );
  const ids = inputs.map(({ id }) => id);
  const id = commandIdOf(source, 'record', ids);
  await perform({ type: 'record', id, events: inputs }, delivery);
}

/** Carries a command out that is under way in the memory before it is begun. */
async function perform(
  command: Command,
  delivery: Omit<Delivery, 'seal' | 'randomBytes'>,
): Promise<void> {
  await delivery.memory.begin(command);
  delivery.onOutcome(await carryOut(command, delivery));
}

/** Registers the vehicles of events that the ledger does not have yet, some at a time. */
export async function registerAll(
  events: readonly FirstSight[],
  delivery: Delivery,
): Promise<void> {
  for (;;) {
    const register = await registration(events, delivery);
    if (register === undefined) return;
    await perform(register, delivery);
  }
}

/** What is known of an event, as far as its vehicle's registration goes. */
type FirstSight = Pick<FeedEvent, 'vehicle' | 'at' | 'generated' | 'papers'>;

/** Vehicles of events that the ledger does not have yet, each with the day of its first event. */
async function registration(
  events: readonly FirstSight[],
  { source, memory, randomBytes, seal }: Omit<Delivery, 'onOutcome'>,
): Promise<RegisterCommand | undefined> {
  const vehicles = new Map<string, RegisterCommand['vehicles'][number]>();
  for (const sight of events) {
    const { vehicle: name } = sight;
    const known = memory.vehicle(name);
    if (known?.registered === true || vehicles.has(name)) continue;
    if (vehicles.size >= REGISTER_AT_ONCE) break;
    const { vid, day, sealed, generated } =
      known ?? (await newVehicle(sight, { randomBytes, seal }));
    const papers = sealed === undefined ? {} : { sealed };
    vehicles.set(name, {
      name,
      vid,
      day,
      ...papers,
      ...(generated === undefined ? {} : { generated }),
    });
  }
  if (vehicles.size === 0) return undefined;
  const list = [...vehicles.values()];
  const id = commandIdOf(
    source,
    'register',
    list.flatMap(({ vid, day }) => [vid, day]),
  );
  return { type: 'register', id, vehicles: list };
}

async function newVehicle(
  { at, generated, papers = {} }: FirstSight,
  { randomBytes, seal }: Pick<Delivery, 'randomBytes' | 'seal'>,
): Promise<Omit<KnownVehicle, 'registered'>> {
  const vid = vidOfBytes(randomBytes(VID_BYTES));
  const sealed = await seal(papers, { vid, id: parseEventId('registration'), at });
  return {
    vid,
    day: at,
    ...(Object.keys(sealed).length === 0 ? {} : { sealed }),
    ...(generated === undefined ? {} : { generated }),
  };
}

/** Side by side between vehicles; those of one vehicle would get in each other's way. */
async function voidAllCorrected(events: readonly FeedEvent[], delivery: Delivery): Promise<void> {
  const byVehicle = Map.groupBy(events, ({ vehicle }) => vehicle);
  const vehicles = [...byVehicle.values()];
  for (let start = 0; start < vehicles.length; start += VOIDS_IN_FLIGHT) {
    const settled = await Promise.allSettled(
      vehicles.slice(start, start + VOIDS_IN_FLIGHT).map(async (own) => {
        for (const event of own) {
          if (event.corrects !== undefined) await voidCorrected(event, event.corrects, delivery);
        }
      }),
    );
    // Nothing may still be under way when the feed ends because of one of them.
    const failed = settled.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

async function voidCorrected(
  event: FeedEvent,
  corrects: NonNullable<FeedEvent['corrects']>,
  delivery: Delivery,
): Promise<void> {
  const { source, memory } = delivery;
  const voiding = parseEventId(`${corrects.id}:void`);
  if (memory.isVoided(voiding)) return;
  const recording = memory.recording(corrects.id);
  if (recording === undefined) {
    throw new Error(`${event.id} corrects ${corrects.id}, which the feed has not said before`);
  }
  const { vid, place } = recording;
  const id = commandIdOf(source, 'void', [voiding]);
  const { reason } = corrects;
  await perform({ type: 'void', id, event: voiding, vid, at: event.at, place, reason }, delivery);
}

function vidOf(event: FeedEvent, memory: Delivery['memory']): Vid {
  const vehicle = memory.vehicle(event.vehicle);
  if (vehicle === undefined) throw new Error(`vehicle ${event.vehicle} has no pseudonym`);
  return vehicle.vid;
}

async function inputOf(event: FeedEvent, vid: Vid, seal: Seal): Promise<EventInput> {
  const { id, kind, at, method, odometerKm, fields, generated } = event;
  const sealed = await seal(fields, { vid, id, at });
  return {
    id,
    vid,
    kind,
    at,
    method,
    ...(odometerKm === undefined ? {} : { odometerKm }),
    ...(Object.keys(sealed).length === 0 ? {} : { sealed }),
    ...(generated === undefined ? {} : { generated }),
  };
}
