import type { FoldableBlock } from '../blocks/block.ts';
import type { FoldTask } from './share-fold.ts';

/** A task as it goes to another thread: the transactions of all blocks in one buffer. */
export type PackedTask = Omit<FoldTask, 'blocks'> & {
  readonly blocks: readonly PackedBlock[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** A block, and where each of its transactions ends in the buffer, behind that of the block before. */
type PackedBlock = Pick<FoldableBlock, 'number' | 'codes'> & {
  readonly hash: Uint8Array;
  readonly ends: Uint32Array;
};

/** Copies a task into one buffer of its own. */
export function packTask({ blocks, ...task }: FoldTask): PackedTask {
  let length = 0;
  const packed = blocks.map(({ number, hash, codes, envelopes }): PackedBlock => {
    const ends = Uint32Array.from(envelopes, (envelope) => (length += envelope.length));
    return { number, codes: Uint8Array.from(codes), hash: Uint8Array.from(hash), ends };
  });
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { envelopes } of blocks) {
    for (const envelope of envelopes) {
      bytes.set(envelope, at);
      at += envelope.length;
    }
  }
  return { ...task, blocks: packed, bytes };
}

/** The task again: its transactions are views of the buffer. */
export function unpackTask({ blocks, bytes, ...task }: PackedTask): FoldTask {
  let start = 0;
  const unpacked = blocks.map(({ number, codes, hash, ends }): FoldableBlock => {
    const envelopes = Array.from(ends, (end) => {
      const envelope = bytes.subarray(start, end);
      start = end;
      return envelope;
    });
    return { number, codes, hash: Buffer.from(hash), envelopes };
  });
  return { ...task, blocks: unpacked };
}
