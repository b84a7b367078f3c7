import { common } from '@hyperledger/fabric-protos';

import type { BlockSource } from './block-source.ts';
import { type Block, readBlock } from './blocks/block.ts';
import { ListenerHalted } from './listener-error.ts';

/**
 * A second organisation's peer. Orderers do not sign validation codes, so what a block did to the state
 * is one peer's word; the commit hash chains it over all blocks, and honest peers agree on it.
 */
export class Witness {
  readonly #blocks: BlockSource;
  readonly #signal: AbortSignal;
  #stream: AsyncIterator<common.Block> | undefined;
  #next = -1;

  constructor(blocks: BlockSource, signal: AbortSignal) {
    this.#blocks = blocks;
    this.#signal = signal;
  }

  /**
   * Waits until the second peer has the block, and compares. Throws ListenerHalted `PEERS_DISAGREE`, and
   * what the stream throws.
   */
  async confirm(block: Block): Promise<void> {
    const stream = await this.#streamAt(block.number);
    const read = await stream.next().catch((error: unknown) => {
      this.#stream = undefined;
      throw error;
    });
    if (read.done === true) {
      this.#stream = undefined;
      throw new Error('the stream of the second peer has ended');
    }
    this.#next += 1;
    const other = readBlock(read.value);
    const differs = [
      other.hash.equals(block.hash) ? '' : 'header',
      Buffer.from(other.codes).equals(Buffer.from(block.codes)) ? '' : 'validation codes',
      commitHashOf(other).equals(commitHashOf(block)) ? '' : 'commit hash',
    ].filter((part) => part !== '');
    if (differs.length === 0) return;
    const why = `two peers do not agree on its ${differs.join(', ')}`;
    throw new ListenerHalted('PEERS_DISAGREE', block.number, why);
  }

  async #streamAt(number: number): Promise<AsyncIterator<common.Block>> {
    if (this.#stream !== undefined && this.#next === number) return this.#stream;
    await this.#stream?.return?.();
    this.#stream = this.#blocks.read(number, this.#signal)[Symbol.asyncIterator]();
    this.#next = number;
    return this.#stream;
  }
}

function commitHashOf({ metadata }: Block): Buffer {
  const slot = metadata[common.BlockMetadataIndex.COMMIT_HASH] ?? new Uint8Array(0);
  return Buffer.from(common.Metadata.deserializeBinary(slot).getValue_asU8());
}
