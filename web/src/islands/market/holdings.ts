import type { UsageAnswer } from '@passport/client/buyer';
import type { Account, BankStatement } from '@passport/model';

import type { BuyerRoom } from '../../browser/buyer-room.ts';

/** What a buyer has, as bank and market tell it. */
export type Holdings = {
  readonly account: Account;
  /** Undefined where the portal knows no bank. */
  readonly statement: BankStatement | undefined;
  readonly usage: UsageAnswer;
};

/** Undefined before there is a key. Throws BuyerError. */
export async function holdingsOf(room: BuyerRoom, hasBank: boolean): Promise<Holdings | undefined> {
  const account = await room.account();
  if (account === undefined) return undefined;
  const [statement, usage] = await Promise.all([
    hasBank ? room.bank().statement(account) : undefined,
    room.asBuyer((buyer) => buyer.usage()),
  ]);
  return { account, statement, usage };
}
