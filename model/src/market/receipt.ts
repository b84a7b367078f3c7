import * as z from 'zod';

import { ledgerId } from '../identifiers/ledger-id.ts';
import { commandId, keyId, mspId } from '../identifiers/names.ts';
import { amount, positiveAmount } from '../money/amount.ts';
import { instant } from '../time/instant.ts';
import { digest } from './digest.ts';
import { answerKinds } from './market-rules.ts';
import { productId } from './product.ts';

/** `typ` of a quote and of a receipt as a JWS (RFC 7515, section 4.1.9). */
export const QUOTE_TYPE = 'passport-quote+jws';
export const RECEIPT_TYPE = 'passport-receipt+jws';

const version = z.int().min(0);
const block = z.int().min(0);
const permille = z.int().min(0).max(1000);

/** What a product costs is worked out by: its version, and that of the tariff. */
const priced = {
  operator: mspId,
  ledger: ledgerId,
  product: productId,
  productVersion: z.int().min(1),
  tariffVersion: version,
  kind: z.enum(answerKinds),
  /** SHA-256 of the request's canonical JSON. */
  request: digest,
};

/** What an answer will cost at most, how fresh it will be and of which quality; signed by the operator. */
export const quote = z.strictObject({
  ...priced,
  maximum: amount,
  /** The answer is exact at this block or a later one. */
  block,
  /** Mean quality, thousandths; null where the answer has none. */
  qualityPermille: permille.nullable(),
  /** Seconds since 1970. */
  exp: z.int().positive(),
});

/** {@link quote} */
export type Quote = z.output<typeof quote>;

/** A quote that a purchase named: its id is the SHA-256 of the JWS, as the market had handed it out. */
export const usedQuote = z.strictObject({
  id: digest,
  maximum: amount,
  block,
  qualityPermille: permille.nullable(),
  exp: z.int().positive(),
});

/** {@link usedQuote} */
export type UsedQuote = z.output<typeof usedQuote>;

/** What was taken off the price: thousandths of it, by why. */
const reduction = z.strictObject({ permille, reason: z.enum(['staler', 'quality']) });

/** What was sold; a leaf of a settlement's tree. */
export const receipt = z.strictObject({
  v: z.literal(1),
  id: commandId,
  ...priced,
  buyer: keyId,
  tab: commandId,
  splitVersion: version,
  /** What was counted. */
  units: z.int().min(0),
  /** SHA-256 of the answer's bytes. */
  result: digest,
  block,
  qualityPermille: permille.nullable(),
  reduction: reduction.nullable(),
  price: positiveAmount,
  /** Of all that was ever bought on the tab, this included. */
  charged: positiveAmount,
  at: instant,
});

/** {@link receipt} */
export type Receipt = z.output<typeof receipt>;

/** Money given back before it was ever settled: what a receipt no longer costs. */
export const credit = z.strictObject({
  v: z.literal(1),
  /** Of the receipt. */
  receipt: commandId,
  buyer: keyId,
  tab: commandId,
  amount: positiveAmount,
  /** Of all that was ever bought on the tab, what is still charged behind it. */
  charged: amount,
  reason: z.enum(['answer-lost']),
  at: instant,
});

/** {@link credit} */
export type Credit = z.output<typeof credit>;
