import {
  type JsonValue,
  parse,
  type SignedCommand,
  type Vid,
  vid as vidSchema,
} from '@passport/model';
import type { z } from 'zod';

import {
  executeOrder,
  type Order,
  readCommand,
  requireSigner,
} from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { type Owner, requireOwner } from './owner-state.ts';

/** What a command of an owner does: a function of `Consent`. */
export type OwnerAct<Args extends z.ZodType, Answer extends JsonValue> = {
  /** `grant` */
  readonly name: string;
  readonly args: Args;
  readonly execute: (
    tx: Transaction,
    order: Order<z.output<Args>>,
    vid: Vid,
    owner: Owner,
  ) => Promise<Answer>;
};

/**
 * Executes a command about a vehicle that its present owner signed, once. Throws PassportError
 * `COMMAND_SIGNER_FOREIGN` for anybody else's, and what is wrong with the command.
 */
export async function executeForOwner<Args extends z.ZodType, Answer extends JsonValue>(
  tx: Transaction,
  command: SignedCommand,
  act: OwnerAct<Args, Answer>,
): Promise<Answer> {
  const order = await readCommand(tx, command, `Consent:${act.name}`, act.args);
  const vid = parse(vidSchema, order.sub);
  return executeOrder(tx, order, async () => {
    const owner = await requireOwner(tx, vid);
    requireSigner(order, owner.keyId);
    return act.execute(tx, order, vid, owner);
  });
}
