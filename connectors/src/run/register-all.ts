import { parseEventId } from '@passport/model';

import type { FeedEvent } from '../feed.ts';
import type { IntakeVehicle } from '../intake.ts';
import type { RegisterCommand } from '../memory/connector-memory.ts';
import { commandIdOf } from './command-id.ts';
import { type Delivery, perform } from './delivery.ts';

/**
 * Vehicles of one registration: each takes its endorsers the checking of a signature, and a busy one is
 * to be done within the deadline of a call.
 */
const REGISTER_AT_ONCE = 100;

/** What is known of an event, as far as its vehicle's registration goes. */
export type FirstSight = Pick<FeedEvent, 'vehicle' | 'at' | 'generated' | 'papers'>;

type NewVehicle = RegisterCommand['vehicles'][number];

/** Registers the vehicles of events that the ledger does not have yet, some at a time. */
export async function registerAll(
  events: readonly FirstSight[],
  delivery: Delivery,
): Promise<void> {
  for (;;) {
    const sights = firstSights(events, delivery);
    if (sights.size === 0) return;
    const vehicles = await newVehicles(sights, delivery);
    // All of them may be known to the ledger by other sources.
    if (vehicles.length === 0) continue;
    const what = vehicles.flatMap(({ vid, day }) => [vid, day]);
    const id = commandIdOf(delivery.source, 'register', what);
    await perform({ type: 'register', id, vehicles }, delivery);
  }
}

/** Vehicles that this source has not seen on the ledger yet, each with its first event. */
function firstSights(
  events: readonly FirstSight[],
  { memory }: Delivery,
): ReadonlyMap<string, FirstSight> {
  const sights = new Map<string, FirstSight>();
  for (const sight of events) {
    const { vehicle: name } = sight;
    if (memory.vehicle(name)?.registered === true || sights.has(name)) continue;
    if (sights.size >= REGISTER_AT_ONCE) break;
    sights.set(name, sight);
  }
  return sights;
}

/** Those of them that are to be registered; the others are remembered as vehicles that exist. */
async function newVehicles(
  sights: ReadonlyMap<string, FirstSight>,
  delivery: Delivery,
): Promise<NewVehicle[]> {
  const { memory, intake } = delivery;
  const begun: NewVehicle[] = [];
  const strange: string[] = [];
  for (const name of sights.keys()) {
    const known = memory.vehicle(name);
    if (known === undefined) strange.push(name);
    else {
      const { registered: _, ...vehicle } = known;
      begun.push({ name, ...vehicle });
    }
  }
  const taken = strange.length === 0 ? [] : await intake(strange);
  const adopted = strange.flatMap((name, index) => {
    const found = taken[index];
    const sight = sights.get(name);
    if (found?.isRegistered !== true || sight === undefined) return [];
    return [{ name, vid: found.vid, day: sight.at }];
  });
  if (adopted.length > 0) await memory.adopt(adopted);
  for (const [index, name] of strange.entries()) {
    const found = taken[index];
    const sight = sights.get(name);
    if (found === undefined || sight === undefined) throw new Error(`no answer about ${name}`);
    if (!found.isRegistered) begun.push(await newVehicle(name, sight, found, delivery));
  }
  return begun;
}

async function newVehicle(
  name: string,
  { at, generated, papers = {} }: FirstSight,
  { vid, owner }: IntakeVehicle,
  { seal }: Delivery,
): Promise<NewVehicle> {
  const id = parseEventId('registration');
  const sealed = await seal(papers, { vid, id, at, firstKeys: owner?.keys ?? [] });
  return {
    name,
    vid,
    day: at,
    ...(owner === undefined ? {} : { owner: owner.keyId }),
    ...(owner === undefined || owner.keys.length === 0 ? {} : { keys: owner.keys }),
    ...(Object.keys(sealed).length === 0 ? {} : { sealed }),
    ...(generated === undefined ? {} : { generated }),
  };
}
