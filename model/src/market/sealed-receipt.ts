import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';

import { base64urlOf, textOfBase64url } from '#bytes';

import { canonicalJson } from '../wire/canonical-json.ts';
import { digest } from './digest.ts';
import { receipt, type Receipt } from './receipt.ts';
import { receiptProof, type ReceiptProof } from './receipts-tree.ts';

/** `typ` of what is signed for receipts that were written down at once (RFC 7515, section 4.1.9). */
export const RECEIPTS_TYPE = 'passport-receipts+jws';

/** What is signed for them: the root of their tree, whose leaves and nodes are as in a settlement's. */
export const signedReceipts = z.strictObject({ v: z.literal(1), root: digest });

/** {@link signedReceipts} */
export type SignedReceipts = z.output<typeof signedReceipts>;

/**
 * A receipt as it leaves the market. One that was written down alone is a JWS (RFC 7515) of its own; of several a JWS
 * signs the root of their tree, and each has its way to it.
 */
export type SealedReceipt = {
  readonly jws: string;
  /** Undefined of one that is in the JWS. */
  readonly beside: { readonly receipt: Receipt; readonly proof: ReceiptProof } | undefined;
};

/**
 * The text of a receipt under a signed root: the JWS, the receipt's canonical JSON in base64url, and its way to the
 * root: of each step the side, `l` or `r`, and the hash.
 */
export function writeSealedReceipt(jws: string, json: string, proof: ReceiptProof): string {
  const steps = proof.map(({ side, hash }) => (side === 'left' ? `l${hash}` : `r${hash}`));
  return `${jws}~${base64urlOf(utf8ToBytes(json))}~${steps.join('.')}`;
}

/**
 * Reads the text of a receipt; no signature is verified, and no proof. Undefined of what is none: what stands beside a
 * JWS has one spelling.
 */
export function readSealedReceipt(text: string): SealedReceipt | undefined {
  const [jws = '', claims, steps = '', ...more] = text.split('~');
  if (claims === undefined) return { jws, beside: undefined };
  const read = receipt.safeParse(valueOf(claims)).data;
  const proof = receiptProof.safeParse(steps.split('.').map(stepOf)).data;
  if (read === undefined || proof === undefined || more.length > 0) return undefined;
  if (writeSealedReceipt(jws, canonicalJson(read), proof) !== text) return undefined;
  return { jws, beside: { receipt: read, proof } };
}

function stepOf(text: string): unknown {
  return { side: text.startsWith('l') ? 'left' : 'right', hash: text.slice(1) };
}

/** Undefined of what is no JSON. */
function valueOf(part: string): unknown {
  try {
    return JSON.parse(textOfBase64url(part));
  } catch {
    return undefined;
  }
}
