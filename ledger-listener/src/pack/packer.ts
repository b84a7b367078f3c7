import { type BlockPart, encodeRecord, type PackedRecord, VIEW_DEFINITIONS } from '@passport/model';

/** A record on its way to the log. */
export type PackedBytes = { readonly partition: number; readonly value: Uint8Array };

/** Collects what blocks in a row have for each partition, and writes one record for each. */
export class Packer {
  readonly #ledger: string;
  readonly #epochBlocks: number;
  readonly #parts: BlockPart[][];

  constructor(ledger: string, partitions: number, epochBlocks: number) {
    this.#ledger = ledger;
    this.#epochBlocks = epochBlocks;
    this.#parts = Array.from({ length: partitions }, () => []);
  }

  /** Takes the next block's parts, one for each partition. */
  take(parts: readonly BlockPart[]): void {
    for (const [partition, part] of parts.entries()) this.#parts[partition]?.push(part);
  }

  /**
   * One record for each partition, of the blocks behind `reached[partition]`: those before are in the
   * log. A partition that has them all gets none.
   */
  records(reached: readonly number[]): PackedBytes[] {
    return this.#parts.flatMap((parts, partition) => {
      const blocks = parts.filter(({ number }) => number > (reached[partition] ?? -1));
      if (blocks.length === 0) return [];
      const record: PackedRecord = {
        ledger: this.#ledger,
        partition,
        partitions: this.#parts.length,
        epochBlocks: this.#epochBlocks,
        definitions: VIEW_DEFINITIONS,
        blocks,
      };
      return [{ partition, value: encodeRecord(record) }];
    });
  }
}
