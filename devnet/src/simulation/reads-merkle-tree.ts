import { hash } from 'node:crypto';

/** The top of a Merkle tree over the results of a range query. */
export type MerkleTop = { readonly level: number; readonly hashes: readonly Uint8Array[] };

/**
 * Merkle tree that keeps only what it still needs: whenever a level holds more than `maxDegree`
 * hashes, they become one hash of the level above. Hashes are SHA-256.
 * Source: Fabric, core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go.
 */
export class ReadsMerkleTree {
  readonly #maxDegree: number;
  /** Hashes by level; the leaves are at index 0, which Fabric calls level 1. */
  readonly #levels: Uint8Array[][] = [[]];

  constructor(maxDegree: number) {
    this.#maxDegree = maxDegree;
  }

  /** Adds the hash of the next bucket of reads. */
  add(leaf: Uint8Array): void {
    this.#push(0, leaf);
    for (let level = 0; this.#hashesAt(level).length > this.#maxDegree; level++) {
      this.#raise(level);
    }
  }

  /** Completes the tree; nothing can be added afterwards. */
  finish(): MerkleTop {
    const top = this.#levels.length - 1;
    for (let level = 0; level < top; level++) this.#raise(level);
    if (this.#hashesAt(top).length > this.#maxDegree) this.#raise(top);
    const level = this.#levels.length;
    return { level, hashes: this.#hashesAt(level - 1) };
  }

  /** Moves a level's hashes up as one; a lone hash moves up as it is when the tree is finished. */
  #raise(level: number): void {
    const hashes = this.#hashesAt(level);
    const [first] = hashes;
    if (first === undefined) return;
    this.#levels[level] = [];
    this.#push(level + 1, hashes.length === 1 ? first : sha256(Buffer.concat(hashes)));
  }

  #push(level: number, added: Uint8Array): void {
    const hashes = this.#levels[level];
    if (hashes === undefined) this.#levels[level] = [added];
    else hashes.push(added);
  }

  #hashesAt(level: number): readonly Uint8Array[] {
    return this.#levels[level] ?? [];
  }
}

/** SHA-256 of some bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}
