import {
  type Account,
  microOf,
  PassportError,
  type Redemption,
  type Reference,
  type tokenCommands,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller } from '../members/member-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { givenBack, setAside, taken } from './lane.ts';
import { changeLane } from './lane-state.ts';
import { burned, changeSupply } from './supply.ts';

const redemptionKey = (redemptionId: string) => ['redemption', redemptionId] as const;
const payoutKey = (payout: Reference) => ['payout', payout] as const;

/** A redemption. Throws PassportError `REDEMPTION_UNKNOWN`. */
export async function requireRedemption(tx: Transaction, id: string): Promise<Redemption> {
  const redemption = await tx.get<Redemption>(redemptionKey(id));
  if (redemption !== undefined) return redemption;
  throw new PassportError('REDEMPTION_UNKNOWN', `there is no redemption ${id}`);
}

/**
 * Sets tokens aside until they are paid out. Whose the lane is has been checked. Throws PassportError
 * `BALANCE_INSUFFICIENT`.
 */
export async function requestRedemption(
  tx: Transaction,
  from: Account,
  order: z.output<typeof tokenCommands.requestRedemption>,
): Promise<Redemption> {
  const { asset, lane, amount, payTo } = order;
  await changeLane(tx, { asset, account: from, lane }, (it) => setAside(it, microOf(amount)));
  const redemptionId = tx.id;
  const redemption: Redemption = {
    ...{ redemptionId, asset, from, lane, amount, payTo },
    status: 'requested',
    payout: null,
  };
  return keep(tx, redemption, 'RedemptionRequested');
}

/**
 * Burns what was paid out, as custodian; one payout burns once. Throws PassportError `PAYOUT_USED`,
 * `REDEMPTION_ENDED`.
 */
export async function confirmRedemption(
  tx: Transaction,
  redemptionId: string,
  payout: Reference,
): Promise<Redemption> {
  const redemption = await requireRequested(tx, redemptionId);
  const used = await tx.get<string>(payoutKey(payout));
  if (used !== undefined) {
    throw new PassportError('PAYOUT_USED', `the payout ${payout} is of the redemption ${used}`);
  }
  await tx.put(payoutKey(payout), redemptionId);
  const { asset, from: account, lane, amount } = redemption;
  await changeLane(tx, { asset, account, lane }, (it) => taken(it, microOf(amount)));
  await changeSupply(tx, asset, (supply) => burned(supply, amount));
  return keep(tx, { ...redemption, status: 'paid', payout }, 'RedemptionPaid');
}

/** Gives back what is not paid out, as custodian. Throws PassportError `REDEMPTION_ENDED`. */
export async function rejectRedemption(tx: Transaction, redemptionId: string): Promise<Redemption> {
  const redemption = await requireRequested(tx, redemptionId);
  const { asset, from: account, lane, amount } = redemption;
  await changeLane(tx, { asset, account, lane }, (it) => givenBack(it, microOf(amount)));
  return keep(tx, { ...redemption, status: 'rejected' }, 'RedemptionRejected');
}

async function requireRequested(tx: Transaction, redemptionId: string): Promise<Redemption> {
  await requireCaller(tx, ['custodian']);
  const redemption = await requireRedemption(tx, redemptionId);
  if (redemption.status === 'requested') return redemption;
  throw new PassportError('REDEMPTION_ENDED', `${redemptionId} is ${redemption.status}`);
}

async function keep(tx: Transaction, redemption: Redemption, event: string): Promise<Redemption> {
  const { redemptionId, asset, amount } = redemption;
  await tx.put(redemptionKey(redemptionId), redemption);
  tx.emit(event, { redemptionId, asset, amount });
  return redemption;
}
