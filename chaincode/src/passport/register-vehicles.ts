import {
  CLEAR_SUITE,
  type passportContract,
  PassportError,
  type ReadRequestOf,
  type Registration,
  requirePastDay,
  type Sealed,
  sealedHeaderOf,
  suiteOf,
  type Vid,
} from '@passport/model';

import { noKeys } from '../consent/consent-state.ts';
import { putOwner } from '../consent/owner-state.ts';
import { publishSealingKeys } from '../consent/sealing-keys.ts';
import { requireCaller, requireWritingSource } from '../members/member-state.ts';
import { parameterNow } from '../parameters/parameter-state.ts';
import { blame } from '../transaction/blame.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { checkSealed } from './check-event.ts';
import { findLifeCycle, putLifeCycle, putOwnerChange, putRegistration } from './passport-state.ts';
import { readTicket, useTicket } from './registration-ticket.ts';

type Request = ReadRequestOf<typeof passportContract.registerVehicles>;
type Vehicle = Request['vehicles'][number];

/**
 * Registers vehicles: all of them, or none. Of each it reads the ticket's and the life-cycle key and
 * writes them, the registration, the owner where one is named, and the keys where the owner has some. Throws PassportError, with a
 * pointer to the vehicle to blame.
 */
export async function registerVehicles(
  tx: Transaction,
  { source, vehicles }: Request,
): Promise<{ readonly vids: readonly Vid[] }> {
  await requireWritingSource(tx, source);
  const { allowed } = (await parameterNow(tx, 'privacy.suites')).value;
  await requireCaller(tx, ['maker', 'insurer', 'garage', 'inspection']);
  const vids: Vid[] = [];
  const known = new Set<Vid>();
  for (const [index, vehicle] of vehicles.entries()) {
    const pointer = `/vehicles/${index}`;
    checkPapers(vehicle.sealed, allowed, pointer);
    checkPaperKeys(vehicle, pointer);
    const vid = await register(tx, vehicle, pointer, known);
    known.add(vid);
    vids.push(vid);
  }
  tx.emit('VehiclesRegistered', { source, vehicles: vids.length });
  return { vids };
}

/** A vehicle's papers are of one class, so that its owner can grant them by themselves. */
function checkPapers(papers: Sealed = {}, suites: readonly number[], pointer: string): void {
  checkSealed(
    papers,
    'a registration',
    ['ownership'],
    suites,
    (code, why, at) => new PassportError(code, why, `${pointer}${at}`),
  );
}

/** Papers are sealed to keys that come with them, or nobody could ever open them. */
function checkPaperKeys({ sealed = {}, keys = [] }: Vehicle, pointer: string): void {
  for (const [scope, field] of Object.entries(sealed)) {
    if (suiteOf(field) === CLEAR_SUITE) continue;
    const { epoch } = sealedHeaderOf(field);
    if (keys.some((key) => key.scope === scope && key.epoch === epoch)) continue;
    const why = `no key of ${scope}, epoch ${epoch}, comes with it`;
    throw new PassportError('EPOCH_INVALID', why, `${pointer}/sealed/${scope}`);
  }
}

async function register(
  tx: Transaction,
  { ticket, day, owner, keys, sealed, generated }: Vehicle,
  pointer: string,
  known: ReadonlySet<Vid>,
): Promise<Vid> {
  requirePastDay(day, tx.timeMs, `${pointer}/day`);
  const claims = await readTicket(tx, ticket);
  const { sub: vid } = claims;
  if (known.has(vid) || (await findLifeCycle(tx, vid)) !== undefined) {
    throw new PassportError('VEHICLE_KNOWN', `vehicle ${vid} is registered already`, pointer);
  }
  if (owner === undefined && keys !== undefined) {
    throw new PassportError('OWNER_UNKNOWN', 'keys are of an owner, and none is named', pointer);
  }
  await useTicket(tx, claims);
  const { mspId } = tx.caller;
  const registration: Registration = {
    vid,
    day,
    registeredBy: mspId,
    registeredAt: tx.time,
    ticket: claims.jti,
    ...(sealed === undefined ? {} : { sealed }),
    ...(generated === undefined ? {} : { generated }),
  };
  await putRegistration(tx, registration);
  await putLifeCycle(tx, vid, { state: 'in-service', since: tx.time, by: mspId, on: day, day });
  if (owner !== undefined) {
    const first = { keyId: owner, ownerEpoch: 1, since: tx.time };
    await putOwner(tx, vid, first);
    await putOwnerChange(tx, vid, first);
    await blame(`${pointer}/keys`, () =>
      publishSealingKeys(tx, { vid, ownerEpoch: 1 }, keys ?? [], noKeys),
    );
  }
  return vid;
}
