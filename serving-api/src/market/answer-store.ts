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
  readonly #answers = new Map<string, { readonly answer: SoldAnswer; readonly bytes: number }>();
  #bytes = 0;

  constructor(limits = defaultStoreLimits) {
    this.#limits = limits;
  }

  /** Keeps the answer of a receipt. */
  keep(receipt: string, answer: SoldAnswer): void {
    const { answerBytesMax, bytesMax } = this.#limits;
    const bytes = Buffer.byteLength(answer.body);
    if (bytes > answerBytesMax || this.#answers.has(receipt)) return;
    this.#answers.set(receipt, { answer, bytes });
    this.#bytes += bytes;
    for (const [oldest, old] of this.#answers) {
      if (this.#bytes <= bytesMax) return;
      this.#answers.delete(oldest);
      this.#bytes -= old.bytes;
    }
  }

  /** The answer of a receipt; undefined where it is not kept. */
  get(receipt: string): SoldAnswer | undefined {
    return this.#answers.get(receipt)?.answer;
  }
}
