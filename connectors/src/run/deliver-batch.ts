import { type EventInput, parseEventId, type Vid } from '@passport/model';

import type { FeedEvent } from '../feed.ts';
import type { Seal } from '../seal.ts';
import { commandIdOf } from './command-id.ts';
import { type Delivery, perform } from './delivery.ts';
import { RecordRefused } from './record-refused.ts';
import { registerAll } from './register-all.ts';

/** Corrections that a lane has under way at once. */
const VOIDS_IN_FLIGHT = 16;

/** Events that are sealed at once: for each vehicle among them keys may have to be read. */
const SEALED_AT_ONCE = 32;

/** Each time that an owner closes keys while a batch is under way it is sealed once more. */
const SEALINGS_MAX = 5;

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
  const ids = events.map((event) => event.id);
  const id = commandIdOf(source, 'record', ids);
  for (let sealings = 1; ; sealings += 1) {
    const inputs: EventInput[] = [];
    for (let start = 0; start < events.length; start += SEALED_AT_ONCE) {
      const some = events.slice(start, start + SEALED_AT_ONCE);
      const sealing = some.map((event) => inputOf(event, vidOf(event, memory), delivery.seal));
      inputs.push(...(await Promise.all(sealing)));
    }
    try {
      return await perform({ type: 'record', id, events: inputs }, delivery);
    } catch (error) {
      if (!isClosed(error) || sealings === SEALINGS_MAX) throw error;
      // An owner has closed keys since they were read. Nothing was recorded, so the id is free.
      for (const vid of new Set(inputs.map((input) => input.vid))) delivery.seal.renew?.(vid);
    }
  }
}

/** Whether the ledger refuses events because they are sealed to keys that their owner has closed. */
export function isClosed(error: unknown): boolean {
  return error instanceof RecordRefused && error.refusal.code === 'EPOCH_CLOSED';
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
