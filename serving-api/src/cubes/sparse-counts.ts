import { intColumn } from './column.ts';
import { mix } from './hash.ts';
import type { NarrowNumbers } from './narrow-numbers.ts';
import { offsetOf, SlotPool } from './slot-pool.ts';

const FIRST_SLOTS = 2;
/** A row's slots become so many times as many when they are full. */
const GROWTH = 1.5;
/** Up to so many slots may all be used: looking at each is as fast as a hash. */
const FULL_SLOTS = 8;
/** More slots are at most so full. */
const LOAD_MAX = 0.8;

/**
 * Counts by row and key of which most are 0: buckets of a histogram, references to vehicles. Each row has a small hash table
 * of its own (open addressing, linear probing), whose keys lie side by side.
 */
export class SparseCounts {
  readonly #pool = new SlotPool();
  /** By row: where its slots begin, how many they are, and how many of them have a key. */
  readonly #starts = intColumn();
  readonly #slots = intColumn();
  readonly #used = intColumn();

  /** Adds to a count; answers how many counts of the row that are not 0 there are more. Keys are 0 and more. */
  add(row: number, key: number, delta: number): number {
    const slots = this.#slots.at(row);
    if (slots > 0) {
      const start = this.#starts.at(row);
      const { keys, counts } = this.#pool.chunk(start);
      const slot = slotOf(keys, start, slots, key);
      if (slot >= 0 && keys.values[slot] === key + 1) {
        const before = counts.values[slot] ?? 0;
        counts.set(slot, before + delta);
        return (before + delta === 0 ? 0 : 1) - (before === 0 ? 0 : 1);
      }
    }
    if (delta === 0) return 0;
    if (this.#used.at(row) >= usedMax(slots)) this.#makePlace(row);
    this.#put(row, key, delta);
    return 1;
  }

  /** Visits the counts of a row that are not 0. */
  visit(row: number, take: (key: number, count: number) => void): void {
    const slots = this.#slots.at(row);
    if (slots === 0) return;
    const start = this.#starts.at(row);
    const chunk = this.#pool.chunk(start);
    const [keys, counts] = [chunk.keys.values, chunk.counts.values];
    const from = offsetOf(start);
    for (let slot = from; slot < from + slots; slot += 1) {
      const count = counts[slot] ?? 0;
      if (count !== 0) take((keys[slot] ?? 0) - 1, count);
    }
  }

  /** Gives a key that a row does not have a slot; there is one. */
  #put(row: number, key: number, count: number): void {
    const start = this.#starts.at(row);
    const { keys, counts } = this.#pool.chunk(start);
    const slot = slotOf(keys, start, this.#slots.at(row), key);
    keys.set(slot, key + 1);
    counts.set(slot, count);
    this.#used.set(row, this.#used.at(row) + 1);
  }

  /** Moves a row to where there is place for more keys, and leaves behind what has come to nothing. */
  #makePlace(row: number): void {
    const left: [key: number, count: number][] = [];
    this.visit(row, (key, count) => left.push([key, count]));
    const [oldStart, oldSlots] = [this.#starts.at(row), this.#slots.at(row)];
    if (oldSlots > 0) this.#pool.giveBack(oldStart, oldSlots);
    let slots = FIRST_SLOTS;
    // An eighth more than one: where keys come and go, moving would cost each of them as much as all together.
    const wanted = left.length + 1 + (left.length >>> 3);
    while (usedMax(slots) < wanted) slots = Math.ceil(slots * GROWTH);
    this.#starts.set(row, this.#pool.take(slots));
    this.#slots.set(row, slots);
    this.#used.set(row, 0);
    for (const [key, count] of left) this.#put(row, key, count);
  }
}

/** How many of so many slots may be used. */
function usedMax(slots: number): number {
  return slots <= FULL_SLOTS ? slots : Math.floor(slots * LOAD_MAX);
}

/** The slot that has a key (kept plus 1, as 0 is an empty one), or the empty one where it would be; -1 where all have others. */
function slotOf(keys: NarrowNumbers, start: number, slots: number, key: number): number {
  const { values } = keys;
  const from = offsetOf(start);
  const first = Math.floor((mix(0x9e3779b9, key) / 2 ** 32) * slots);
  for (let tried = 0; tried < slots; tried += 1) {
    const place = first + tried;
    const slot = from + (place < slots ? place : place - slots);
    const found = values[slot] ?? 0;
    if (found === key + 1 || found === 0) return slot;
  }
  return -1;
}
