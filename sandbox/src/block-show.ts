import type { BlockSummary } from '@passport/ledger-client';

import { blockLines } from './block-lines.ts';
import type { Terminal } from './terminal.ts';

/** Shows blocks as they are cut, or only counts them while there are too many to read. */
export class BlockShow {
  readonly #terminal: Terminal;
  #isQuiet = false;
  #blocks = 0;
  #transactions = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Takes a block. */
  take(block: BlockSummary): void {
    if (this.#isQuiet) {
      this.#blocks += 1;
      this.#transactions += block.transactions.length;
      return;
    }
    for (const line of blockLines(block, this.#terminal.style)) this.#terminal.line(line);
  }

  /** Counts blocks while something goes on, and then says how many there were. */
  async quietly<T>(during: () => Promise<T>): Promise<T> {
    this.#isQuiet = true;
    [this.#blocks, this.#transactions] = [0, 0];
    try {
      return await during();
    } finally {
      this.#isQuiet = false;
      if (this.#blocks > 0) {
        const counted = `${this.#blocks} blocks with ${this.#transactions} transactions`;
        this.#terminal.line(this.#terminal.style.faint(`  ■ ${counted}`));
      }
    }
  }
}
