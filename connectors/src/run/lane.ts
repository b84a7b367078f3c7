import type { FeedEvent } from '../feed.ts';
import { Waves } from './waves.ts';

/**
 * Events in order: one batch in flight, one being filled. Whoever pushes waits while both are full, so
 * that a reader is never further ahead of the ledger than that. An event that corrects another one
 * comes in a later batch: what it corrects has been recorded when its own turn comes.
 */
export class Lane {
  readonly #batchEventsMax: number;
  readonly #deliver: (events: readonly FeedEvent[]) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting = new Waves();
  #inFlight: Promise<void> = Promise.resolve();
  #failed = false;

  /** `onFailure` hears of the first batch that failed; the lane takes no more from then on. */
  constructor(options: {
    readonly batchEventsMax: number;
    readonly deliver: (events: readonly FeedEvent[]) => Promise<void>;
    readonly onFailure: (error: unknown) => void;
  }) {
    this.#batchEventsMax = options.batchEventsMax;
    this.#deliver = options.deliver;
    this.#onFailure = options.onFailure;
  }

  async push(event: FeedEvent): Promise<void> {
    this.#waiting.push(event);
    if (this.#waiting.size >= this.#batchEventsMax) await this.#dispatch();
  }

  /** Delivers what is left; returns when nothing is in flight any more. */
  async drain(): Promise<void> {
    while (this.#waiting.size > 0) await this.#dispatch();
    await this.settle();
  }

  /** Returns when nothing is in flight any more; what waits is dropped. It was never begun. */
  async settle(): Promise<void> {
    await this.#inFlight;
  }

  async #dispatch(): Promise<void> {
    await this.#inFlight;
    const events = this.#waiting.take(this.#batchEventsMax);
    if (events.length > 0 && !this.#failed) this.#inFlight = this.#attempt(events);
  }

  async #attempt(events: readonly FeedEvent[]): Promise<void> {
    try {
      await this.#deliver(events);
    } catch (error) {
      this.#failed = true;
      this.#onFailure(error);
    }
  }
}

/** The lane of a vehicle: FNV-1a of its name (G. Fowler, L. C. Noll, K.-P. Vo), in 32 bits. */
export function laneOf(vehicle: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(vehicle, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % lanes;
}
