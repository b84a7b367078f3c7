import * as z from 'zod';

import { signedCommand } from '../commands/signed-command.ts';
import { type Account, account } from '../identifiers/account.ts';
import { type MspId, mspId, reason, type Reference, reference } from '../identifiers/names.ts';
import { type Amount, amount, positiveAmount } from '../money/amount.ts';
import { instant, type Instant } from '../time/instant.ts';
import { asset, type Asset, FOLD_CREDITS_MAX, lane, LEGS_MAX } from '../tokens/assets.ts';
import { coded } from '../wire/parse.ts';
import { reads, submits } from './contract-function.ts';

/** Mints, holds and redemptions are named by the transaction that made them. */
const transactionId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a transaction id is 64 hexadecimal digits');

/** A credit: money that arrived and is not yet in a lane. Named by the transaction that made it. */
export const creditKey = z.strictObject({
  transactionId,
  leg: z
    .int()
    .min(0)
    .max(LEGS_MAX - 1),
});

/** {@link creditKey} */
export type CreditKey = z.output<typeof creditKey>;

/** What one receiver gets. */
export const leg = z.strictObject({ to: account, amount: positiveAmount });

/** {@link leg} */
export type Leg = z.output<typeof leg>;

/** A balance lane: what lies in it, and how much of that holds have set aside. */
export type LaneBalance = { readonly lane: number; readonly posted: Amount; readonly held: Amount };

/** An account's balance of one token. */
export type Balance = {
  readonly asset: Asset;
  readonly account: Account;
  readonly lanes: readonly LaneBalance[];
  /** Credits that are not folded: they cannot be spent yet. */
  readonly credits: readonly (CreditKey & { readonly amount: Amount })[];
  /** Lanes and credits together. */
  readonly total: Amount;
};

/** How much of a token there is, and the reserve behind it. */
export type Supply = {
  readonly asset: Asset;
  readonly minted: Amount;
  readonly burned: Amount;
  /** Minted less burned. */
  readonly supply: Amount;
  /** Null before the first attestation. */
  readonly reserve: {
    readonly amount: Amount;
    readonly asOf: Instant;
    readonly custodian: MspId;
    readonly statement: Reference;
  } | null;
};

/** Euros that were paid in, and the tokens to be made for them. */
export type Mint = {
  readonly mintId: string;
  readonly asset: Asset;
  readonly to: Account;
  readonly amount: Amount;
  readonly deposit: Reference;
  readonly proposedBy: MspId;
  readonly status: 'proposed' | 'minted' | 'rejected';
  readonly endedBy: MspId | null;
  /** What was minted, once it is. */
  readonly credit: CreditKey | null;
};

/** Money of an account that waits for somebody to take it, or for its end. */
export type Hold = {
  readonly holdId: string;
  readonly asset: Asset;
  readonly from: Account;
  readonly lane: number;
  readonly amount: Amount;
  /** What the settler has taken of it. */
  readonly taken: Amount;
  readonly settler: MspId;
  readonly expiresAt: Instant;
  readonly status: 'open' | 'closed';
};

/** Tokens to be turned back into euros. */
export type Redemption = {
  readonly redemptionId: string;
  readonly asset: Asset;
  readonly from: Account;
  readonly lane: number;
  readonly amount: Amount;
  /** Commitment to the bank account; the account itself is not on the ledger. */
  readonly payTo: Reference;
  readonly status: 'requested' | 'paid' | 'rejected';
  readonly payout: Reference | null;
};

const credits = coded('CREDITS_INVALID', (value): value is readonly CreditKey[] => {
  const list = z.array(creditKey).min(1).max(FOLD_CREDITS_MAX).safeParse(value);
  if (!list.success) return false;
  const names = new Set(list.data.map((credit) => `${credit.transactionId} ${credit.leg}`));
  return names.size === list.data.length;
});

/** What a payment pays at once; in parts that are wrong themselves the part is to blame. */
const legs = coded(
  'LEGS_INVALID',
  (value): value is unknown[] =>
    Array.isArray(value) && value.length >= 1 && value.length <= LEGS_MAX,
  // The check before looks at the length; what is asked for, and comes out, is a list of legs.
).pipe(z.array(leg)) as unknown as z.ZodType<Leg[], z.input<typeof leg>[]>;

/** What a debit asks for; `args` of the command where the account is a key's. */
export const tokenCommands = {
  transfer: z.strictObject({
    asset,
    lane,
    to: account,
    amount: positiveAmount,
    memo: reference.optional(),
  }),
  openHold: z.strictObject({
    asset,
    lane,
    amount: positiveAmount,
    settler: mspId,
    expiresAt: instant,
  }),
  requestRedemption: z.strictObject({ asset, lane, amount: positiveAmount, payTo: reference }),
};

const holdId = transactionId;
const redemptionId = transactionId;
const mintId = transactionId;

/**
 * Contract `Tokens`: PCC and PCC-Gold. An organisation's account is debited by that organisation
 * (`from` and `order`), a key's account by a command that the key signed (`command`, whose `sub` is
 * the account and whose `args` are the order).
 */
export const tokensContract = {
  attestReserve: submits<Supply>()('Attests the euros behind a token, as custodian.', {
    asset,
    amount,
    asOf: instant,
    statement: reference,
  }),
  proposeMint: submits<Mint>()('Reports a deposit, to mint tokens for it, as custodian.', {
    asset,
    to: account,
    amount: positiveAmount,
    deposit: reference,
  }),
  approveMint: submits<Mint>()('Mints what was proposed, as auditor of another organisation.', {
    mintId,
  }),
  rejectMint: submits<Mint>()('Drops what was proposed, as auditor or as its proposer.', {
    mintId,
    reason,
  }),
  transfer: submits<{ readonly credit: CreditKey }>()(
    'Pays from a lane of one account to another account.',
    { from: account, order: tokenCommands.transfer },
  ),
  transferSigned: submits<{ readonly credit: CreditKey }>()(
    "Pays from a key's account, signed by that key.",
    { command: signedCommand },
  ),
  pay: submits<{ readonly credits: number }>()('Pays from a lane of one account to many.', {
    from: account,
    asset,
    lane,
    legs,
  }),
  fold: submits<LaneBalance>()('Moves named credits of an account into one of its lanes.', {
    asset,
    account,
    lane,
    credits,
  }),
  openHold: submits<Hold>()('Sets money aside for a settler.', {
    from: account,
    order: tokenCommands.openHold,
  }),
  openHoldSigned: submits<Hold>()("Sets money of a key's account aside, signed by that key.", {
    command: signedCommand,
  }),
  captureHold: submits<Hold>()('Takes from a hold and pays it out, as its settler.', {
    holdId,
    legs,
  }),
  closeHold: submits<Hold>()(
    'Gives back what is left of a hold: its settler at any time, anybody once it has expired.',
    { holdId },
  ),
  requestRedemption: submits<Redemption>()('Sets tokens aside to be paid out in euros.', {
    from: account,
    order: tokenCommands.requestRedemption,
  }),
  requestRedemptionSigned: submits<Redemption>()("As requestRedemption, of a key's account.", {
    command: signedCommand,
  }),
  confirmRedemption: submits<Redemption>()('Burns what was paid out, as custodian.', {
    redemptionId,
    payout: reference,
  }),
  rejectRedemption: submits<Redemption>()('Gives back what is not paid out, as custodian.', {
    redemptionId,
    reason,
  }),
  readBalance: reads<Balance>()("An account's lanes and unfolded credits.", { asset, account }),
  readSupply: reads<Supply>()('How much there is of a token, and its reserve.', { asset }),
  readMint: reads<Mint>()('A mint.', { mintId }),
  readHold: reads<Hold>()('A hold.', { holdId }),
  readRedemption: reads<Redemption>()('A redemption.', { redemptionId }),
};
