import type { SoldAnswer } from './for-sale.ts';

/** How much is kept. */
export type StoreLimits = {
  /** A longer answer is not kept but computed again. */
  readonly answerBytesMax: number;
  readonly bytesMax: number;
};

const defaultStoreLimits: StoreLimits = {
  answerBytesMax: 1024 * 1024,
  bytesMax: 64 * 1024 * 1024,
};

/** Answers that were sold, for who asks again with the same key; the oldest go first. */
export class AnswerStore {
  readonly #limits: StoreLimits;
  readonly #answers = new Map<string, SoldAnswer>();
  #bytes = 0;

  constructor(limits = defaultStoreLimits) {
    this.#limits = limits;
  }

  /** Keeps the answer of a receipt. */
  keep(receipt: string, answer: SoldAnswer): void {
    const { answerBytesMax, bytesMax } = this.#limits;
    if (answer.body.length > answerBytesMax || this.#answers.has(receipt)) return;
    this.#answers.set(receipt, answer);
    this.#bytes += answer.body.length;
    for (const [oldest, { body }] of this.#answers) {
      if (this.#bytes <= bytesMax) return;
      this.#answers.delete(oldest);
      this.#bytes -= body.length;
    }
  }

  /** The answer of a receipt; undefined where it is not kept. */
  get(receipt: string): SoldAnswer | undefined {
    return this.#answers.get(receipt);
  }
}
