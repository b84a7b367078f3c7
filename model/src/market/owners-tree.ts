import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';

import { type Amount, amount, amountOf, microOf, positiveAmount } from '../money/amount.ts';
import { type Digest, digest, digestOf } from './digest.ts';
import { MERKLE_STEPS_MAX, type MerkleTree, merkleTree } from './merkle-tree.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const END = Uint8Array.of(0);
const CONTEXT = utf8ToBytes('passport/owner-share/1');
const SUM_BYTES = 16;

/** A node of the tree: its hash, and what the leaves below it come to. */
type SumNode = { readonly hash: Digest; readonly sum: bigint };

/** The tree of what owners have earned. */
export type OwnersTree = MerkleTree<SumNode>;

/** What one holder has earned since the beginning; `holder` is the id of a key, or of who waits for one. */
export type OwnerShare = {
  readonly holder: string;
  readonly amount: Amount;
  /** 32 random bytes of this leaf of this tree, so that nobody can try amounts or tell leaves apart. */
  readonly salt: Digest;
};

/** The root: what all owners together have earned since the beginning. */
export const ownersRoot = z.strictObject({
  hash: digest,
  sum: amount,
  count: z.int().min(0).max(1_000_000_000),
});

/** {@link ownersRoot} */
export type OwnersRoot = z.output<typeof ownersRoot>;

/** What an owner shows to be paid: the leaf but for the holder, and the way to the root. */
export const ownerProof = z.strictObject({
  salt: digest,
  amount: positiveAmount,
  path: z
    .array(z.strictObject({ side: z.enum(['left', 'right']), hash: digest, sum: amount }))
    .max(MERKLE_STEPS_MAX),
});

/** {@link ownerProof} */
export type OwnerProof = z.output<typeof ownerProof>;

/**
 * Builds the tree over cumulative totals (a Merkle-sum tree). Leaf: SHA-256 of a zero byte, the text
 * `passport/owner-share/1`, salt, holder in UTF-8, a zero byte, amount as 16 bytes. Node: SHA-256 of a one
 * byte, then sum and hash of the left, then of the right. Each child's own sum is in the hash: were only their
 * total, a leaf could be left out of it (as in the tree of G. Maxwell, 2014; see C. Ji and K. Chalkias,
 * Generalized Proof of Liabilities, 2021). Order the leaves by their hash, or their places tell whose they are.
 */
export function ownersTree(shares: readonly OwnerShare[]): OwnersTree {
  return merkleTree(shares.map(leafOf), joinedNodes, { hash: digestOf(new Uint8Array()), sum: 0n });
}

/** Shares in the order in which a tree has them: by the hash of their leaves. */
export function inLeafOrder(shares: readonly OwnerShare[]): OwnerShare[] {
  const hashed = shares.map((share) => ({ share, hash: leafOf(share).hash }));
  return hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ share }) => share);
}

/** What the ledger is told of a tree. */
export function ownersRootOf({ root }: OwnersTree, count: number): OwnersRoot {
  return { hash: root.hash, sum: amountOf(root.sum), count };
}

/** The proof of one leaf. Throws RangeError where there is no such leaf. */
export function ownerProofOf(tree: OwnersTree, share: OwnerShare, leaf: number): OwnerProof {
  const path = tree
    .pathOf(leaf)
    .map(({ side, node }) => ({ side, hash: node.hash, sum: amountOf(node.sum) }));
  return { salt: share.salt, amount: share.amount, path };
}

/** Whether the root says that the holder has earned that, and no more than its sum in all. */
export function isShareUnder(root: OwnersRoot, holder: string, proof: OwnerProof): boolean {
  const total = microOf(root.sum);
  let own = leafOf({ holder, amount: proof.amount, salt: proof.salt });
  for (const { side, hash, sum } of proof.path) {
    const other = { hash, sum: microOf(sum) };
    // What is above the total cannot come out right, and 16 bytes hold all that is not.
    if (own.sum + other.sum > total) return false;
    own = side === 'left' ? joinedNodes(other, own) : joinedNodes(own, other);
  }
  return own.hash === root.hash && own.sum === total;
}

function leafOf({ holder, amount: earned, salt }: OwnerShare): SumNode {
  const sum = microOf(earned);
  const parts = [LEAF, CONTEXT, hexToBytes(salt), utf8ToBytes(holder), END, sumBytes(sum)];
  return { hash: digestOf(concatBytes(...parts)), sum };
}

function joinedNodes(left: SumNode, right: SumNode): SumNode {
  const parts = [
    ...[NODE, sumBytes(left.sum), hexToBytes(left.hash)],
    ...[sumBytes(right.sum), hexToBytes(right.hash)],
  ];
  return { hash: digestOf(concatBytes(...parts)), sum: left.sum + right.sum };
}

function sumBytes(micro: bigint): Uint8Array {
  return hexToBytes(micro.toString(16).padStart(2 * SUM_BYTES, '0'));
}
