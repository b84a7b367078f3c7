import {
  type passportContract,
  PassportError,
  type ReadRequestOf,
  type Registration,
  requirePastDay,
  type Vid,
} from '@passport/model';

import { putOwner } from '../consent/owner-state.ts';
import { requireCaller, requireWritingSource } from '../members/member-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { findLifeCycle, putLifeCycle, putOwnerChange, putRegistration } from './passport-state.ts';
import { readTicket, useTicket } from './registration-ticket.ts';

type Request = ReadRequestOf<typeof passportContract.registerVehicles>;

/**
 * Registers vehicles: all of them, or none. Of each it reads the ticket's and the life-cycle key and
 * writes them, the registration, and the owner where one is named. Throws PassportError, with a
 * pointer to the vehicle to blame.
 */
export async function registerVehicles(
  tx: Transaction,
  { source, vehicles }: Request,
): Promise<{ readonly vids: readonly Vid[] }> {
  await requireWritingSource(tx, source);
  await requireCaller(tx, ['maker', 'insurer', 'garage', 'inspection']);
  const vids: Vid[] = [];
  const known = new Set<Vid>();
  for (const [index, vehicle] of vehicles.entries()) {
    const vid = await register(tx, vehicle, `/vehicles/${index}`, known);
    known.add(vid);
    vids.push(vid);
  }
  tx.emit('VehiclesRegistered', { source, vehicles: vids.length });
  return { vids };
}

async function register(
  tx: Transaction,
  { ticket, day, owner, generated }: Request['vehicles'][number],
  pointer: string,
  known: ReadonlySet<Vid>,
): Promise<Vid> {
  requirePastDay(day, tx.timeMs, `${pointer}/day`);
  const claims = await readTicket(tx, ticket);
  const { sub: vid } = claims;
  if (known.has(vid) || (await findLifeCycle(tx, vid)) !== undefined) {
    throw new PassportError('VEHICLE_KNOWN', `vehicle ${vid} is registered already`, pointer);
  }
  await useTicket(tx, claims);
  const { mspId } = tx.caller;
  const registration: Registration = {
    vid,
    day,
    registeredBy: mspId,
    registeredAt: tx.time,
    ticket: claims.jti,
    ...(generated === undefined ? {} : { generated }),
  };
  await putRegistration(tx, registration);
  await putLifeCycle(tx, vid, { state: 'in-service', since: tx.time, by: mspId, on: day, day });
  if (owner !== undefined) {
    const first = { keyId: owner, ownerEpoch: 1, since: tx.time };
    await putOwner(tx, vid, first);
    await putOwnerChange(tx, vid, first);
  }
  return vid;
}
