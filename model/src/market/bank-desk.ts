import { z } from 'zod';

import { signedCommand } from '../commands/signed-command.ts';
import { account } from '../identifiers/account.ts';
import { reference } from '../identifiers/names.ts';
import { amount } from '../money/amount.ts';
import { euros } from '../money/euros.ts';
import { lane } from '../tokens/assets.ts';
import { type Digest, digestOfJson } from './digest.ts';

/** Where the desk of the sandbox's bank listens, unless told otherwise. */
export const BANK_DESK_PORT = 8070;

/** Euros that were paid in, and whose account is to have PCC for them. */
export const depositRequest = z.strictObject({
  account,
  euros,
  /** The transfer's own name: the same again is the same deposit. The desk makes one where it is left out. */
  reference: reference.optional(),
});

/** What became of a deposit. */
export const depositAnswer = z.strictObject({
  reference,
  account,
  euros,
  /** Micro-PCC that were minted. */
  minted: amount,
  /** The lane that can spend them; null of an organisation, which folds them itself. */
  lane: lane.nullable(),
});

/** {@link depositAnswer} */
export type DepositAnswer = z.output<typeof depositAnswer>;

/** A bank account that is to be paid, with the salt that keeps the ledger's commitment to it from being guessed. */
export const payee = z.strictObject({
  v: z.literal('passport/payee/1'),
  iban: z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, 'an IBAN is written without blanks'),
  salt: z.string().regex(/^[A-Za-z0-9_-]{22,43}$/),
});

/** {@link payee} */
export type Payee = z.output<typeof payee>;

/** What the ledger has of a payee: the `payTo` of a redemption. */
export function payeeDigest(to: Payee): Digest {
  return digestOfJson(to);
}

const redemptionId = z.string().regex(/^[0-9a-f]{64}$/, 'a redemption is 64 hexadecimal digits');

/**
 * PCC to be turned into euros, and who is to be paid: of a key a signed `Tokens:requestRedemptionSigned`, of an
 * organisation the redemption that it has requested on the ledger itself.
 */
export const redemptionRequest = z.union([
  z.strictObject({ command: signedCommand, payee }),
  z.strictObject({ redemptionId, payee }),
]);

/** What became of it. */
export const redemptionAnswer = z.strictObject({
  redemptionId,
  account,
  euros,
  payout: reference,
  status: z.literal('paid'),
});

/** {@link redemptionAnswer} */
export type RedemptionAnswer = z.output<typeof redemptionAnswer>;

/** An account as the bank sees it: tokens on the ledger, euros in its own book. */
export const bankStatement = z.strictObject({
  account,
  /** Micro-PCC, all of it. */
  total: amount,
  /** Micro-PCC that can be spent, by lane. */
  lanes: z.array(z.strictObject({ lane, free: amount })),
  /** Micro-PCC that arrived and are in no lane yet. */
  unfolded: amount,
  paidIn: euros,
  paidOut: euros,
});

/** {@link bankStatement} */
export type BankStatement = z.output<typeof bankStatement>;
