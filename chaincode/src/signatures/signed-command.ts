import {
  COMMAND_LIFETIME_MS_MAX,
  COMMAND_TYPE,
  type CommandClaims,
  commandClaims,
  type JsonValue,
  type KeyId,
  parse,
  parseJson,
  PassportError,
  type SignedCommand,
} from '@passport/model';
import type { z } from 'zod';

import { runOnce } from '../transaction/run-once.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { verifyJws } from './verify-jws.ts';

/** A command whose signature, place and time are right; `args` are read by the function's schema. */
export type Order<Args> = Omit<CommandClaims, 'args'> & {
  readonly args: Args;
  readonly payload: string;
};

/**
 * Reads a command that somebody signed: by the key that it names, for this channel and function, and
 * in time. Whether the signer may give it is the function's to say. Throws PassportError
 * `COMMAND_MALFORMED`, `COMMAND_SIGNATURE_INVALID`, `COMMAND_SIGNER_FOREIGN`, `COMMAND_TARGET_WRONG`,
 * `COMMAND_EXPIRED`, `EXPIRY_INVALID`, and what the schema of `args` says.
 */
export async function readCommand<Args extends z.ZodType>(
  tx: Transaction,
  command: SignedCommand,
  functionName: string,
  args: Args,
): Promise<Order<z.output<Args>>> {
  const { payload, signer } = await verifyJws(command, COMMAND_TYPE);
  const claims = parseJson(commandClaims, payload, 'COMMAND_MALFORMED');
  if (claims.iss !== signer) {
    throw new PassportError('COMMAND_SIGNER_FOREIGN', `${signer} signed it, not ${claims.iss}`);
  }
  requireTarget(claims, tx.channel, functionName);
  requireInTime(claims, tx.timeMs);
  return { ...claims, args: parse(args, claims.args, 'COMMAND_MALFORMED'), payload };
}

/**
 * What a command says of itself, before anybody has checked its signature. Throws PassportError
 * `COMMAND_MALFORMED`.
 */
export function claimsOf(command: SignedCommand): CommandClaims {
  const [, payload = ''] = command.split('.');
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  return parseJson(commandClaims, text, 'COMMAND_MALFORMED');
}

/**
 * Executes a signed command once for its signer and nonce, whoever relays it. Throws PassportError
 * `COMMAND_REPLAYED` when the nonce was used for another command.
 */
export function executeOrder<Answer extends JsonValue>(
  tx: Transaction,
  order: Order<unknown>,
  execute: () => Promise<Answer>,
): Promise<Answer> {
  const command = { scope: order.iss, id: order.jti, payload: order.payload };
  return runOnce(tx, command, 'COMMAND_REPLAYED', execute);
}

/** Refuses a command of anybody but that key. Throws PassportError `COMMAND_SIGNER_FOREIGN`. */
export function requireSigner(order: Order<unknown>, keyId: KeyId): void {
  if (order.iss === keyId) return;
  throw new PassportError('COMMAND_SIGNER_FOREIGN', `it is not ${order.iss}'s to command`);
}

function requireTarget({ aud, fn }: CommandClaims, channel: string, functionName: string): void {
  if (aud !== channel) {
    throw new PassportError('COMMAND_TARGET_WRONG', `it is for channel ${aud}, this is ${channel}`);
  }
  if (fn !== functionName) {
    throw new PassportError('COMMAND_TARGET_WRONG', `it calls ${fn}, this is ${functionName}`);
  }
}

function requireInTime({ exp }: CommandClaims, nowMs: number): void {
  const leftMs = exp * 1000 - nowMs;
  if (leftMs <= 0) {
    throw new PassportError('COMMAND_EXPIRED', `it expired ${Math.ceil(-leftMs / 1000)} s ago`);
  }
  if (leftMs > COMMAND_LIFETIME_MS_MAX) {
    throw new PassportError('EXPIRY_INVALID', 'a command is signed for a day at most');
  }
}
