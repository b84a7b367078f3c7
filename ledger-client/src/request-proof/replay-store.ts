import { PassportError } from '@passport/model';

/** Remembers which proofs were used. */
export interface ReplayStore {
  /**
   * Uses a proof up, which was made at `madeMs` and could be used until `untilMs` (milliseconds since
   * 1970); false when it was used before, or may have been. Throws PassportError `NOT_READY` when it
   * can remember no more.
   */
  use(proof: string, madeMs: number, untilMs: number): boolean;
}

/** Proofs that are remembered at once, unless it is said otherwise. */
const PROOFS_MAX = 200_000;

/**
 * Remembers in memory. A proof that was made before the memory began is taken for used: the process
 * before may have seen it. Memory is bounded, and full means no, never a forgotten proof.
 */
export class MemoryReplayStore implements ReplayStore {
  readonly #now: () => Date;
  readonly #beganMs: number;
  readonly #proofsMax: number;
  /** Until when, by proof; in the order of use, which is nearly that of ending. */
  readonly #used = new Map<string, number>();

  constructor(now: () => Date, proofsMax = PROOFS_MAX) {
    this.#now = now;
    this.#beganMs = now().getTime();
    this.#proofsMax = proofsMax;
  }

  use(proof: string, madeMs: number, untilMs: number): boolean {
    if (madeMs < this.#beganMs || this.#used.has(proof)) return false;
    this.#forgetEnded();
    if (this.#used.size >= this.#proofsMax) {
      throw new PassportError('NOT_READY', 'too many requests at once to remember their proofs');
    }
    this.#used.set(proof, untilMs);
    return true;
  }

  #forgetEnded(): void {
    const nowMs = this.#now().getTime();
    for (const [proof, untilMs] of this.#used) {
      if (untilMs >= nowMs) return;
      this.#used.delete(proof);
    }
  }
}
