import { createHash } from 'node:crypto';

import { type JsonValue, PassportError } from '@passport/model';

import type { Transaction } from './transaction.ts';

/** What is kept of a command that was executed. */
type ExecutedCommand = {
  /** SHA-256 of function and request, in hexadecimal. */
  readonly digest: string;
  readonly transactionId: string;
  readonly answer: JsonValue;
};

/** A command: whose it is, its id, and everything that it says. */
export type Command = {
  /** The member or the key that names its commands. */
  readonly scope: string;
  readonly id: string;
  readonly payload: string;
};

/**
 * Executes a command once. One that has been executed answers what it answered then, and changes
 * nothing. Reads and writes one key, so that of two that are under way at once one is invalid.
 * Throws PassportError `onReuse` when the id was used for something else.
 */
export async function runOnce<Answer extends JsonValue>(
  tx: Transaction,
  command: Command,
  onReuse: 'COMMAND_ID_REUSED' | 'COMMAND_REPLAYED',
  execute: () => Promise<Answer>,
): Promise<Answer> {
  const key = ['command', command.scope, command.id] as const;
  const digest = createHash('sha256').update(command.payload).digest('hex');
  const executed = await tx.get<ExecutedCommand>(key);
  if (executed === undefined) {
    const answer = await execute();
    const record: ExecutedCommand = { digest, transactionId: tx.id, answer };
    await tx.put(key, record);
    return answer;
  }
  if (executed.digest !== digest) {
    throw new PassportError(onReuse, `${command.id} was executed by ${executed.transactionId}`);
  }
  return executed.answer as Answer;
}
