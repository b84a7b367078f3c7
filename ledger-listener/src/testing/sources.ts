import type { common } from '@hyperledger/fabric-protos';

import type { BlockSource } from '../block-source.ts';

/** A peer that has these blocks: at the end streams wait for more, or end. */
export class FixedBlocks implements BlockSource {
  readonly blocks: common.Block[];
  /** Numbers at which streams began. */
  readonly opened: number[] = [];
  /** Streams that nobody has ended. */
  open = 0;
  readonly #atEnd: 'wait' | 'end';
  #breaks = 0;
  #wake: (() => void)[] = [];

  constructor(blocks: readonly common.Block[], atEnd: 'wait' | 'end' = 'wait') {
    this.blocks = [...blocks];
    this.#atEnd = atEnd;
  }

  /** A new block is there. */
  add(...blocks: readonly common.Block[]): void {
    this.blocks.push(...blocks);
    this.#wakeAll();
  }

  /** Ends the streams there are. */
  breakStreams(): void {
    this.#breaks += 1;
    this.#wakeAll();
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<common.Block> {
    this.opened.push(from);
    this.open += 1;
    const wake = (): void => this.#wakeAll();
    signal.addEventListener('abort', wake, { once: true });
    const breaks = this.#breaks;
    const isOver = (): boolean => signal.aborted || this.#breaks > breaks;
    try {
      for (let number = from; ; number += 1) {
        while (this.#atEnd === 'wait' && this.blocks[number] === undefined && !isOver()) {
          await new Promise<void>((done) => {
            this.#wake.push(done);
          });
        }
        const block = this.blocks[number];
        if (block === undefined || isOver()) return;
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
