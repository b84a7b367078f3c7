import { type BlockHead, PartTexts, PartWriter, VIEW_DEFINITIONS } from '@passport/model';

import { ListenerHalted } from '../listener-error.ts';

/** A record on its way to the log. */
export type PackedBytes = { readonly partition: number; readonly value: Uint8Array };

/** How records are made, and how long one may be. */
export type PackerOptions = {
  readonly partitions: number;
  readonly epochBlocks: number;
  readonly recordBytesMax: number;
};

/**
 * Collects what blocks in a row have for each partition, and writes one record for each, or several
 * where one would be longer than the log takes. Its memory stays from range to range.
 */
export class Packer {
  /** They take lines and facts of the next block, by the number of its partition. */
  readonly parts: readonly PartWriter[];
  readonly #texts = new PartTexts();
  readonly #ledger: string;
  readonly #epochBlocks: number;
  readonly #recordBytesMax: number;

  constructor(ledger: string, { partitions, epochBlocks, recordBytesMax }: PackerOptions) {
    this.#recordBytesMax = recordBytesMax;
    this.#ledger = ledger;
    this.#epochBlocks = epochBlocks;
    this.parts = Array.from({ length: partitions }, () => new PartWriter(this.#texts));
  }

  /** The block is whole. One that halts never is, and comes into no record. */
  endBlock({ number, hash, ledgerTimeMs }: BlockHead): void {
    for (const part of this.parts) part.endBlock({ number, hash, ledgerTimeMs });
  }

  /**
   * Records for each partition, of the blocks behind `reached[partition]`: those before are in the log.
   * A partition that has them all gets none. The next block begins another range. Throws ListenerHalted
   * `BLOCK_TOO_LARGE`.
   */
  takeRecords(reached: readonly number[]): PackedBytes[] {
    const records = this.parts.flatMap(({ blocks }, partition) => {
      const first = blocks.findIndex(({ number }) => number > (reached[partition] ?? -1));
      return first < 0 ? [] : this.#fitting(partition, first, blocks.length);
    });
    for (const part of this.parts) part.clear();
    this.#texts.clear();
    return records;
  }

  /** Of the blocks of a partition from one place to before another. */
  #fitting(partition: number, first: number, end: number): PackedBytes[] {
    const part = this.parts[partition];
    const block = part?.blocks[first];
    if (part === undefined || block === undefined) throw new Error(`nothing at ${partition}`);
    const known = {
      ledger: this.#ledger,
      partition,
      partitions: this.parts.length,
      epochBlocks: this.#epochBlocks,
      definitions: VIEW_DEFINITIONS,
    };
    const value = part.encode(known, first, end);
    if (value.length <= this.#recordBytesMax) return [{ partition, value }];
    if (end - first === 1) {
      const why = `partition ${partition} has ${value.length} bytes of it`;
      throw new ListenerHalted('BLOCK_TOO_LARGE', block.number, why);
    }
    const half = first + Math.ceil((end - first) / 2);
    return [...this.#fitting(partition, first, half), ...this.#fitting(partition, half, end)];
  }
}
