import { NarrowNumbers } from './narrow-numbers.ts';

/** Slots of a chunk. What is longer has a chunk of its own. */
const CHUNK_SLOTS = 2 ** 14;

/** Slots side by side in memory, of a key and a count each, in two arrays. */
export type Chunk = { readonly keys: NarrowNumbers; readonly counts: NarrowNumbers };

/**
 * Gives out runs of empty slots, and takes them back: many tables that grow, in a few arrays. Memory comes by the chunk, so
 * that nothing is copied, and no half of an array stays empty, when there is more to keep.
 */
export class SlotPool {
  readonly #chunks: Chunk[] = [];
  /** Runs that were given back, by their length. */
  readonly #free = new Map<number, number[]>();
  /** Where the next run begins in the newest chunk of the usual length. */
  #next = 0;
  #end = 0;

  /** Where a run of so many slots begins, all of them 0. */
  take(length: number): number {
    const free = this.#free.get(length)?.pop();
    if (free !== undefined) return free;
    if (length > CHUNK_SLOTS) return this.#addChunk(length);
    if (this.#next + length > this.#end) {
      this.#next = this.#addChunk(CHUNK_SLOTS);
      this.#end = this.#next + CHUNK_SLOTS;
    }
    const start = this.#next;
    this.#next += length;
    return start;
  }

  /** Takes a run back. */
  giveBack(start: number, length: number): void {
    if (length > CHUNK_SLOTS) {
      // Long runs are of few lengths, so that another one hardly ever fits: their memory is of more use.
      this.#chunks[chunkOf(start)] = newChunk(0);
      return;
    }
    const { keys, counts } = this.chunk(start);
    const offset = offsetOf(start);
    keys.values.fill(0, offset, offset + length);
    counts.values.fill(0, offset, offset + length);
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [start]);
    else free.push(start);
  }

  /** The chunk that a run is in. */
  chunk(start: number): Chunk {
    const chunk = this.#chunks[chunkOf(start)];
    if (chunk === undefined) throw new RangeError(`no run begins at ${start}`);
    return chunk;
  }

  #addChunk(length: number): number {
    this.#chunks.push(newChunk(length));
    return (this.#chunks.length - 1) * CHUNK_SLOTS;
  }
}

/** Where a run begins in its chunk. */
export function offsetOf(start: number): number {
  return start % CHUNK_SLOTS;
}

function chunkOf(start: number): number {
  return Math.floor(start / CHUNK_SLOTS);
}

function newChunk(length: number): Chunk {
  return {
    keys: new NarrowNumbers(length, 'unsigned'),
    counts: new NarrowNumbers(length, 'signed'),
  };
}
