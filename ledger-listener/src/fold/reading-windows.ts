import type { Vid } from '@passport/model';

import { readingsKey } from './fold-keys.ts';
import { type PlacedReading, readingsOf } from './reading-chunk.ts';
import type { Changes } from './reading-layers.ts';

/** Where chunks are stored; keys have an order, that of their characters. */
export type ChunkStore = {
  /** Chunks whose keys lie in a range, the last first: all of one state of the store. */
  chunks(range: {
    readonly gt: string;
    readonly lte: string;
  }): AsyncIterable<readonly [key: string, chunk: Uint8Array]>;
};

/** Of the stored readings of a vehicle the newest ones, in their order. */
type Window = {
  readonly readings: readonly PlacedReading[];
  /** Whether these are all. */
  readonly isWhole: boolean;
};

/** Stored readings that were brought at hand, without what is changed and not stored. They are true until something is stored. */
export class ReadingWindows {
  readonly #store: ChunkStore;
  #windows = new Map<Vid, Window>();

  constructor(store: ChunkStore) {
    this.#store = store;
  }

  /** Says that nothing of a vehicle is stored. */
  begin(vid: Vid): void {
    this.#windows.set(vid, { readings: [], isWhole: true });
  }

  /** Whether all from a place on is at hand, and before it a reading that is not changed, or that there is none. */
  reaches(vid: Vid, from: string, changes: Changes): boolean {
    const window = this.#windows.get(vid);
    return window !== undefined && (window.isWhole || hasBefore(window.readings, from, changes));
  }

  /** Brings as much at hand. What is stored meanwhile makes it of no use. */
  async load(vid: Vid, from: string, changes: Changes): Promise<void> {
    const windows = this.#windows;
    const chunks: PlacedReading[][] = [];
    let isWhole = true;
    for await (const [, chunk] of this.#store.chunks({
      gt: readingsKey(vid, ''),
      lte: readingsKey(vid, '~'),
    })) {
      const some = readingsOf(chunk);
      chunks.push(some);
      if (!hasBefore(some, from, changes)) continue;
      isWhole = false;
      break;
    }
    windows.set(vid, { readings: chunks.reverse().flat(), isWhole });
  }

  /** Readings before a place, or from it on, the nearest first. Throws Error where they are not at hand. */
  *from(vid: Vid, order: string, isBefore: boolean): Generator<PlacedReading> {
    const { readings, isWhole } = this.#windows.get(vid) ?? nothingAtHand;
    const start = placeOf(readings, order);
    if (start === 0 && !isWhole) throw notAtHand(vid, order);
    const step = isBefore ? -1 : 1;
    for (let at = isBefore ? start - 1 : start; ; at += step) {
      const placed = readings[at];
      if (placed !== undefined) yield placed;
      else if (isBefore && !isWhole) throw notAtHand(vid, order);
      else return;
    }
  }

  /** Something is stored, or was to be. */
  forget(): void {
    this.#windows = new Map();
  }
}

/** Whether one of some readings in order lies before a place, and is not changed. */
function hasBefore(readings: readonly PlacedReading[], from: string, changes: Changes): boolean {
  for (const { order } of readings) {
    if (order >= from) break;
    if (!changes.has(order)) return true;
  }
  return false;
}

const nothingAtHand: Window = { readings: [], isWhole: false };

function notAtHand(vid: Vid, order: string): Error {
  return new Error(`readings of ${vid} at ${order} are not at hand`);
}

/** Where a place is, or would be, among readings: as many of them lie before it. */
function placeOf(readings: readonly PlacedReading[], order: string): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((readings[middle]?.order ?? '') < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
