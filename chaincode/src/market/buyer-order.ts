import {
  account as accountSchema,
  type Account,
  type JsonValue,
  parse,
  type SignedCommand,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller } from '../members/member-state.ts';
import { executeOrder, type Order, readCommand } from '../signatures/signed-command.ts';
import { requireSignersAccount } from '../tokens/holders.ts';
import type { Transaction } from '../transaction/transaction.ts';

/**
 * Executes an order of a buyer about their own account, once, whichever member relays it. Throws
 * PassportError `ACCOUNT_FOREIGN`, and what is wrong with the command.
 */
export async function executeForBuyer<Args extends z.ZodType, Answer extends JsonValue>(
  tx: Transaction,
  command: SignedCommand,
  functionName: string,
  args: Args,
  execute: (account: Account, order: Order<z.output<Args>>) => Promise<Answer>,
): Promise<Answer> {
  await requireCaller(tx);
  const order = await readCommand(tx, command, `Market:${functionName}`, args);
  const account = parse(accountSchema, order.sub);
  requireSignersAccount(order, account);
  return executeOrder(tx, order, () => execute(account, order));
}
