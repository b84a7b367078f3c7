import {
  account as accountSchema,
  type Account,
  type Asset,
  type JsonValue,
  parse,
  type SignedCommand,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller } from '../members/member-state.ts';
import { executeOrder, readCommand } from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { requireNoGold, requireSignersAccount } from './holders.ts';

/**
 * Executes an order that the key of an account signed, once, whichever member relays it. Throws
 * PassportError `ACCOUNT_FOREIGN`, `GOLD_MEMBERS_ONLY`, and what is wrong with the command.
 */
export async function executeSigned<
  Args extends z.ZodType<{ readonly asset: Asset }>,
  Answer extends JsonValue,
>(
  tx: Transaction,
  command: SignedCommand,
  functionName: string,
  args: Args,
  execute: (account: Account, order: z.output<Args>) => Promise<Answer>,
): Promise<Answer> {
  await requireCaller(tx);
  const order = await readCommand(tx, command, functionName, args);
  const account = parse(accountSchema, order.sub);
  requireSignersAccount(order, account);
  requireNoGold(order.args.asset, account);
  return executeOrder(tx, order, () => execute(account, order.args));
}
