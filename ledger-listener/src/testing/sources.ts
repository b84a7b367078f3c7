import type { common } from '@hyperledger/fabric-protos';

import type { BlockSource } from '../block-source.ts';

/** A peer that has these blocks: streams end behind the last one, unless it is to be waited there. */
export class FixedBlocks implements BlockSource {
  readonly blocks: common.Block[];
  /** Numbers at which streams began. */
  readonly opened: number[] = [];
  /** Streams that nobody has ended. */
  open = 0;
  #waits: boolean;
  #wake: (() => void)[] = [];

  constructor(blocks: readonly common.Block[], atEnd: 'wait' | 'end' = 'wait') {
    this.blocks = [...blocks];
    this.#waits = atEnd === 'wait';
  }

  /** A new block is there. */
  add(...blocks: readonly common.Block[]): void {
    this.blocks.push(...blocks);
    this.#wakeAll();
  }

  /** Ends the streams that wait; later ones wait again. */
  breakStreams(): void {
    this.#waits = false;
    this.#wakeAll();
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<common.Block> {
    this.opened.push(from);
    this.open += 1;
    const wake = (): void => this.#wakeAll();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (let number = from; !signal.aborted; number += 1) {
        while (this.blocks[number] === undefined && this.#waits && !signal.aborted) {
          await new Promise<void>((done) => {
            this.#wake.push(done);
          });
        }
        const block = this.blocks[number];
        if (block === undefined) {
          this.#waits = true;
          return;
        }
        yield block;
      }
    } finally {
      this.open -= 1;
      signal.removeEventListener('abort', wake);
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
