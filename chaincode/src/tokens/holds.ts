import {
  type Account,
  amountOf,
  type Hold,
  type Leg,
  microOf,
  PassportError,
  type tokenCommands,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller, requireMember } from '../members/member-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { givenBack, setAside, taken } from './lane.ts';
import { changeLane } from './lane-state.ts';
import { creditLegs, totalOf } from './payments.ts';

const holdKey = (holdId: string) => ['hold', holdId] as const;

/** A hold. Throws PassportError `HOLD_UNKNOWN`. */
export async function requireHold(tx: Transaction, holdId: string): Promise<Hold> {
  const hold = await tx.get<Hold>(holdKey(holdId));
  if (hold !== undefined) return hold;
  throw new PassportError('HOLD_UNKNOWN', `there is no hold ${holdId}`);
}

/**
 * Sets money of a lane aside for a settler, an active member that is an operator. Whose the lane is
 * has been checked. Throws PassportError `EXPIRY_INVALID`, `ROLE_MISSING`, `BALANCE_INSUFFICIENT`.
 */
export async function openHold(
  tx: Transaction,
  from: Account,
  order: z.output<typeof tokenCommands.openHold>,
): Promise<Hold> {
  const { asset, lane, amount, settler, expiresAt } = order;
  if (expiresAt <= tx.time) {
    throw new PassportError('EXPIRY_INVALID', `it would expire at ${expiresAt}, it is ${tx.time}`);
  }
  const { roles } = await requireMember(tx, settler);
  if (!roles.includes('operator')) {
    throw new PassportError('ROLE_MISSING', `${settler} is no operator`);
  }
  await changeLane(tx, { asset, account: from, lane }, (it) => setAside(it, microOf(amount)));
  const holdId = tx.id;
  const hold: Hold = {
    ...{ holdId, asset, from, lane, amount, settler, expiresAt },
    taken: amountOf(0n),
    status: 'open',
  };
  return keep(tx, hold, 'HoldOpened');
}

/**
 * Takes from a hold, as its settler and until it expires, and pays it out. A settler that is no
 * operator any more takes nothing: it gives the rest back, or its expiry does. Throws PassportError
 * `ROLE_MISSING`, `HOLD_CLOSED`, `ACCOUNT_FOREIGN`, `HOLD_EXPIRED`, `HOLD_EXCEEDED`.
 */
export async function captureHold(
  tx: Transaction,
  holdId: string,
  legs: readonly Leg[],
): Promise<Hold> {
  const { mspId } = await requireCaller(tx, ['operator']);
  const hold = await requireOpen(tx, holdId);
  const { asset, from: account, lane } = hold;
  if (hold.settler !== mspId) {
    throw new PassportError('ACCOUNT_FOREIGN', `${hold.settler} settles the hold`);
  }
  if (hold.expiresAt <= tx.time) {
    throw new PassportError('HOLD_EXPIRED', `the hold expired at ${hold.expiresAt}`);
  }
  const total = totalOf(legs);
  if (total > leftOf(hold)) {
    throw new PassportError('HOLD_EXCEEDED', `the hold has ${leftOf(hold)} left, not ${total}`);
  }
  await changeLane(tx, { asset, account, lane }, (it) => taken(it, total));
  await creditLegs(tx, asset, legs);
  return keep(tx, { ...hold, taken: amountOf(microOf(hold.taken) + total) }, 'HoldCaptured');
}

/**
 * Gives back what is left of a hold: its settler at any time, anybody once it has expired. Throws
 * PassportError `HOLD_CLOSED`, `NOT_EXPIRED`.
 */
export async function closeHold(tx: Transaction, holdId: string): Promise<Hold> {
  const { mspId } = await requireCaller(tx);
  const hold = await requireOpen(tx, holdId);
  const { asset, from: account, lane } = hold;
  if (hold.settler !== mspId && hold.expiresAt > tx.time) {
    throw new PassportError(
      'NOT_EXPIRED',
      `until ${hold.expiresAt} only ${hold.settler} closes it`,
    );
  }
  await changeLane(tx, { asset, account, lane }, (it) => givenBack(it, leftOf(hold)));
  return keep(tx, { ...hold, status: 'closed' }, 'HoldClosed');
}

async function requireOpen(tx: Transaction, holdId: string): Promise<Hold> {
  const hold = await requireHold(tx, holdId);
  if (hold.status === 'open') return hold;
  throw new PassportError('HOLD_CLOSED', `the hold ${holdId} is closed`);
}

function leftOf({ amount, taken: used }: Hold): bigint {
  return microOf(amount) - microOf(used);
}

async function keep(tx: Transaction, hold: Hold, event: string): Promise<Hold> {
  const { holdId, asset, taken: used, status } = hold;
  await tx.put(holdKey(holdId), hold);
  tx.emit(event, { holdId, asset, taken: used, status });
  return hold;
}
