import {
  type Account,
  type Amount,
  amountOf,
  type Asset,
  type Balance,
  type CreditKey,
  microOf,
  PassportError,
} from '@passport/model';

import type { Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

const LEG_DIGITS = 4;

const creditKey = (asset: Asset, account: Account, { transactionId, leg }: CreditKey): Key => [
  'credit',
  asset,
  account,
  transactionId,
  String(leg).padStart(LEG_DIGITS, '0'),
];

/**
 * Pays an account by a key of its own, without reading any: payers of one account never meet.
 * `leg` counts the payments of the transaction.
 */
export async function putCredit(
  tx: Transaction,
  asset: Asset,
  account: Account,
  leg: number,
  micro: bigint,
): Promise<CreditKey> {
  const name = { transactionId: tx.id, leg };
  await tx.put(creditKey(asset, account, name), amountOf(micro));
  return name;
}

/**
 * Takes named credits away and answers what they came to. Reads each by its key, never a range, so
 * that a new credit does not get in the way; of two that take the same one, one is invalid. Throws
 * PassportError `CREDIT_UNKNOWN`.
 */
export async function takeCredits(
  tx: Transaction,
  asset: Asset,
  account: Account,
  names: readonly CreditKey[],
): Promise<bigint> {
  let sum = 0n;
  for (const name of names) {
    const key = creditKey(asset, account, name);
    const amount = await tx.get<Amount>(key);
    if (amount === undefined) {
      const { transactionId, leg } = name;
      throw new PassportError(
        'CREDIT_UNKNOWN',
        `${account} has no credit ${transactionId}, ${leg}`,
      );
    }
    sum += microOf(amount);
    await tx.delete(key);
  }
  return sum;
}

/** All credits of an account that are not folded. A range. */
export async function listCredits(
  tx: Transaction,
  asset: Asset,
  account: Account,
): Promise<Balance['credits'][number][]> {
  const credits: Balance['credits'][number][] = [];
  for await (const { names, value } of tx.list<Amount>(['credit', asset, account])) {
    const [, , transactionId = '', leg] = names;
    credits.push({ transactionId, leg: Number(leg), amount: value });
  }
  return credits;
}
