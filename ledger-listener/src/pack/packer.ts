import { RECORD_BYTES_MAX } from '@passport/event-log';
import { type BlockPart, encodeRecord, type PackedRecord, VIEW_DEFINITIONS } from '@passport/model';

import { ListenerHalted } from '../listener-error.ts';

/** A record on its way to the log. */
export type PackedBytes = { readonly partition: number; readonly value: Uint8Array };

/**
 * Collects what blocks in a row have for each partition, and writes one record for each, or several
 * where one would be longer than the log takes.
 */
export class Packer {
  readonly #ledger: string;
  readonly #epochBlocks: number;
  readonly #recordBytesMax: number;
  readonly #parts: BlockPart[][];

  constructor(
    ledger: string,
    partitions: number,
    epochBlocks: number,
    recordBytesMax = RECORD_BYTES_MAX,
  ) {
    this.#recordBytesMax = recordBytesMax;
    this.#ledger = ledger;
    this.#epochBlocks = epochBlocks;
    this.#parts = Array.from({ length: partitions }, () => []);
  }

  /** Takes the next block's parts, one for each partition. */
  take(parts: readonly BlockPart[]): void {
    for (const [partition, part] of parts.entries()) this.#parts[partition]?.push(part);
  }

  /**
   * Records for each partition, of the blocks behind `reached[partition]`: those before are in the log.
   * A partition that has them all gets none. Throws ListenerHalted `BLOCK_TOO_LARGE`.
   */
  records(reached: readonly number[]): PackedBytes[] {
    return this.#parts.flatMap((parts, partition) => {
      const blocks = parts.filter(({ number }) => number > (reached[partition] ?? -1));
      return blocks.length === 0 ? [] : this.#fitting(partition, blocks);
    });
  }

  #fitting(partition: number, blocks: readonly BlockPart[]): PackedBytes[] {
    const record: PackedRecord = {
      ledger: this.#ledger,
      partition,
      partitions: this.#parts.length,
      epochBlocks: this.#epochBlocks,
      definitions: VIEW_DEFINITIONS,
      blocks,
    };
    const value = encodeRecord(record);
    if (value.length <= this.#recordBytesMax) return [{ partition, value }];
    const [first, ...others] = blocks;
    if (first !== undefined && others.length === 0) {
      const why = `partition ${partition} has ${value.length} bytes of it`;
      throw new ListenerHalted('BLOCK_TOO_LARGE', first.number, why);
    }
    const half = Math.ceil(blocks.length / 2);
    return [blocks.slice(0, half), blocks.slice(half)].flatMap((some) =>
      this.#fitting(partition, some),
    );
  }
}
