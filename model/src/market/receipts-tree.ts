import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';

import { positiveAmount } from '../money/amount.ts';
import { canonicalJson, type JsonValue } from '../wire/canonical-json.ts';
import { type Digest, digest, digestOf } from './digest.ts';
import { MERKLE_STEPS_MAX, type MerkleTree, merkleTree } from './merkle-tree.ts';

/** What a leaf begins with, as text, and a node, in hexadecimal digits. */
const LEAF = '\0';
const NODE = '01';

/** What a settlement says of its receipts: the root of their tree, how many, and what they come to. */
export const receiptsSummary = z.strictObject({
  root: digest,
  count: z.int().min(1).max(100_000_000),
  sum: positiveAmount,
});

/** {@link receiptsSummary} */
export type ReceiptsSummary = z.output<typeof receiptsSummary>;

/** The way from a receipt to the root. */
export const receiptProof = z
  .array(z.strictObject({ side: z.enum(['left', 'right']), hash: digest }))
  .max(MERKLE_STEPS_MAX);

/** {@link receiptProof} */
export type ReceiptProof = z.output<typeof receiptProof>;

/**
 * The hash of a receipt as a leaf: SHA-256 of a zero byte and its canonical JSON (RFC 9162, section
 * 2.1.1).
 */
export function receiptLeaf(receipt: JsonValue): Digest {
  return receiptLeafOf(canonicalJson(receipt));
}

/** As {@link receiptLeaf}, of its canonical JSON. */
export function receiptLeafOf(json: string): Digest {
  return digestOf(utf8ToBytes(`${LEAF}${json}`));
}

/** The tree of a settlement's receipts, in the order of the leaves. */
export function receiptsTree(leaves: readonly Digest[]): MerkleTree<Digest> {
  return merkleTree(leaves, joinedHashes, digestOf(new Uint8Array()));
}

/** The proof that a receipt is in the tree. Throws RangeError where there is no such leaf. */
export function receiptProofOf(tree: MerkleTree<Digest>, leaf: number): ReceiptProof {
  return tree.pathOf(leaf).map(({ side, node }) => ({ side, hash: node }));
}

/** Whether a receipt is one of those under the root. */
export function isReceiptUnder(root: Digest, receipt: JsonValue, proof: ReceiptProof): boolean {
  const top = proof.reduce(
    (own, { side, hash }) => (side === 'left' ? joinedHashes(hash, own) : joinedHashes(own, hash)),
    receiptLeaf(receipt),
  );
  return top === root;
}

function joinedHashes(left: Digest, right: Digest): Digest {
  return digestOf(hexToBytes(`${NODE}${left}${right}`));
}
