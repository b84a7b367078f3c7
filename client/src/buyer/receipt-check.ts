import {
  digestOf,
  isReceiptUnder,
  type KeyId,
  parseJson,
  type PublicKey,
  publicKey,
  quote as quoteSchema,
  type Quote,
  QUOTE_TYPE,
  readSealedReceipt,
  receipt as receiptSchema,
  type Receipt,
  RECEIPT_TYPE,
  RECEIPTS_TYPE,
  signedReceipts,
} from '@passport/model';
import { compactVerify, importJWK } from 'jose';
import type { z } from 'zod';

import { BuyerError } from './buyer-error.ts';

/** What a receipt has to say. */
export type ReceiptExpected = {
  /** The key of the market, as it was seen first. */
  readonly operatorKey: PublicKey;
  /** The answer's bytes. */
  readonly answer?: Uint8Array | undefined;
  readonly buyer?: KeyId | undefined;
  /** The quote that was accepted. */
  readonly quote?: Quote | undefined;
};

/**
 * Reads a receipt, signed by the operator alone or under the root of several, and compares it with what was bought: the bytes, the request, a price that
 * is not above the quote. Throws BuyerError `RECEIPT_INVALID`, which says what differs.
 */
export async function checkReceipt(
  text: string,
  { operatorKey, answer, buyer, quote }: ReceiptExpected,
): Promise<Receipt> {
  const receipt = await openReceipt(text, operatorKey);
  if (answer !== undefined && digestOf(answer) !== receipt.result) {
    throw invalid('it is for other bytes than these');
  }
  if (buyer !== undefined && receipt.buyer !== buyer) throw invalid('it is for another buyer');
  if (quote === undefined) return receipt;
  const { request, product, ledger, operator, maximum } = quote;
  if (receipt.request !== request) throw invalid('it is for another request than was quoted');
  if (receipt.product !== product || receipt.ledger !== ledger || receipt.operator !== operator) {
    throw invalid('it is of another product, ledger or operator than was quoted');
  }
  if (BigInt(receipt.price) > BigInt(maximum)) {
    throw invalid(`it says ${receipt.price} micro-PCC, and the quote ${maximum} at most`);
  }
  return receipt;
}

/** Reads a quote, as {@link checkReceipt} does a receipt. */
export function checkQuote(jws: string, operatorKey: PublicKey): Promise<Quote> {
  return openSealed(jws, QUOTE_TYPE, quoteSchema, operatorKey);
}

async function openReceipt(text: string, key: PublicKey): Promise<Receipt> {
  const sealed = readSealedReceipt(text);
  if (sealed === undefined) throw invalid('it is no receipt');
  const { jws, beside } = sealed;
  if (beside === undefined) return openSealed(jws, RECEIPT_TYPE, receiptSchema, key);
  const { root } = await openSealed(jws, RECEIPTS_TYPE, signedReceipts, key);
  if (isReceiptUnder(root, beside.receipt, beside.proof)) return beside.receipt;
  throw invalid('it is not under the root that the market has signed');
}

async function openSealed<Schema extends z.ZodType>(
  jws: string,
  type: string,
  schema: Schema,
  key: PublicKey,
): Promise<z.output<Schema>> {
  const verified = await verify(jws, key);
  const { typ, jwk } = verified.protectedHeader;
  const named = publicKey.safeParse(jwk).data;
  if (typ !== type || named?.x !== key.x || named.y !== key.y) {
    throw invalid(`it is no ${type} by the key of the market`);
  }
  try {
    return parseJson(schema, new TextDecoder().decode(verified.payload), 'QUOTE_INVALID');
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

async function verify(jws: string, key: PublicKey) {
  try {
    return await compactVerify(jws, await importJWK(key, 'ES256'), { algorithms: ['ES256'] });
  } catch {
    // Whatever it is that the library does not like: it is not signed by that key.
    throw invalid('the signature is not by the key of the market');
  }
}

function invalid(why: string): BuyerError {
  return new BuyerError('RECEIPT_INVALID', `the market's paper does not hold: ${why}`);
}
