import { type Account, type Asset, type CreditKey, type Leg, microOf } from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';
import { putCredit } from './credit-state.ts';
import { requireReceivers } from './holders.ts';
import { spent } from './lane.ts';
import { changeLane, type LaneName } from './lane-state.ts';

/** The sum of some legs, in minor units. */
export function totalOf(legs: readonly Leg[]): bigint {
  return legs.reduce((sum, { amount }) => sum + microOf(amount), 0n);
}

/**
 * Pays from a lane: reads and writes that lane, and writes one key for each leg. Whose the lane is has
 * been checked. Throws PassportError `BALANCE_INSUFFICIENT` and what is wrong with the receivers.
 */
export async function payFrom(
  tx: Transaction,
  from: LaneName,
  legs: readonly Leg[],
): Promise<CreditKey[]> {
  await changeLane(tx, from, (lane) => spent(lane, totalOf(legs)));
  const credits = await creditLegs(tx, from.asset, legs);
  tx.emit('Paid', { asset: from.asset, legs: legs.length, amount: totalOf(legs).toString() });
  return credits;
}

/** Credits each leg's receiver. Throws PassportError. */
export async function creditLegs(
  tx: Transaction,
  asset: Asset,
  legs: readonly Leg[],
): Promise<CreditKey[]> {
  const receivers = [...new Set(legs.map(({ to }): Account => to))];
  await requireReceivers(tx, asset, receivers);
  return Promise.all(
    legs.map(({ to, amount }, index) => putCredit(tx, asset, to, index, microOf(amount))),
  );
}
