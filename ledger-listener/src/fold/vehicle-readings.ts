import type { ChainReading, Vid } from '@passport/model';

import { chunkOf, type PlacedReading, readingsOf } from './reading-chunk.ts';
import { type Changes, ReadingLayers } from './reading-layers.ts';

/** More would be much to read for one late reading. */
const CHUNK_READINGS_MAX = 64;

/** Where chunks are stored; keys have an order, that of their characters. */
export type ChunkStore = {
  /** The chunk under a key. */
  get(key: string): Uint8Array;
  keys(range: {
    readonly start: string;
    readonly end: string;
    readonly reverse?: boolean;
  }): Iterable<string>;
};

/** The newest reading of a vehicle; undefined where it has none. */
type Tail = { readonly vid: Vid; newest: PlacedReading | undefined };

/**
 * The odometer chains of vehicles. Readings that came together lie together, as one chunk under the place of
 * its first: a chunk has all readings of its vehicle from there to the next chunk. Most readings come behind
 * their vehicle's newest one, which is kept at hand: nothing is read for them, and they are a chunk of their own.
 */
export class VehicleReadings {
  readonly #store: ChunkStore;
  readonly #chunkMax: number;
  readonly #layers: ReadingLayers;
  readonly #tails = new Map<Vid, Tail>();
  /** Of whom was asked last. */
  #latest: Tail | undefined;

  /** `chunkMax` readings are in a chunk that is written, at most. */
  constructor(store: ChunkStore, chunkMax = CHUNK_READINGS_MAX) {
    this.#store = store;
    this.#chunkMax = chunkMax;
    this.#layers = new ReadingLayers(chunkMax);
  }

  /** Whether nothing is changed that is not stored. */
  get isStored(): boolean {
    return this.#layers.isEmpty;
  }

  before(vid: Vid, order: string): ChainReading | undefined {
    const { newest } = this.#tailOf(vid);
    if (newest === undefined || newest.order < order) return newest?.reading;
    return this.#nearest(vid, order, true)?.reading;
  }

  after(vid: Vid, order: string): ChainReading | undefined {
    const { newest } = this.#tailOf(vid);
    if (newest === undefined || newest.order <= order) return undefined;
    return this.#nearest(vid, order, false)?.reading;
  }

  put(vid: Vid, order: string, reading: ChainReading): void {
    const tail = this.#tailOf(vid);
    const { newest } = tail;
    const placed = { order, reading };
    if (newest === undefined || newest.order < order) this.#layers.add(vid, placed);
    else this.#layers.change(vid, order, reading);
    if (newest === undefined || newest.order <= order) tail.newest = placed;
  }

  remove(vid: Vid, order: string): void {
    const tail = this.#tailOf(vid);
    this.#layers.change(vid, order, undefined);
    if (tail.newest?.order === order) tail.newest = this.#nearest(vid, '~', true);
  }

  /** Ends a range. */
  seal(): void {
    this.#layers.seal();
  }

  /** What is to be stored for the oldest sealed ranges, by key; undefined is to be removed. */
  *writes(ranges: number): Generator<readonly [key: string, chunk: Uint8Array | undefined]> {
    const { added, changed } = this.#layers.oldest(ranges);
    for (const [vid, { order, chunk }] of added) yield [keyOf(vid, order), chunk];
    for (const [vid, changes] of changed) yield* this.#rewritten(vid, changes);
  }

  /** Says that these ranges are stored. Keeps the newest readings of so many vehicles at hand. */
  stored(ranges: number, vehiclesMax: number): void {
    this.#layers.drop(ranges);
    if (this.#tails.size > vehiclesMax) this.#forgetTails();
  }

  /** Says that what was to be stored is not. */
  notStored(): void {
    this.#forgetTails();
  }

  /** Forgets what is not stored, all but so many of the oldest ranges. */
  discard(kept = 0): void {
    this.#layers.discard(kept);
    this.#forgetTails();
  }

  #forgetTails(): void {
    this.#tails.clear();
    this.#latest = undefined;
  }

  #tailOf(vid: Vid): Tail {
    if (this.#latest?.vid === vid) return this.#latest;
    let tail = this.#tails.get(vid);
    if (tail === undefined) {
      tail = { vid, newest: this.#nearest(vid, '~', true) };
      this.#tails.set(vid, tail);
    }
    this.#latest = tail;
    return tail;
  }

  /** The reading nearest to a place in the chain, before it or after it. */
  #nearest(vid: Vid, order: string, isBefore: boolean): PlacedReading | undefined {
    const changes = this.#layers.changesOf(vid);
    let best: PlacedReading | undefined;
    const take = (placed: PlacedReading): boolean => {
      const isBeyond = isBefore ? placed.order < order : placed.order > order;
      if (!isBeyond) return false;
      const isNearer =
        best === undefined || (isBefore ? placed.order > best.order : placed.order < best.order);
      if (isNearer) best = placed;
      return true;
    };
    for (const [changed, reading] of changes) {
      if (reading !== undefined) take({ order: changed, reading });
    }
    for (const key of isBefore ? this.#keysBefore(vid, order) : this.#keysAfter(vid, order)) {
      const chunk = readingsOf(this.#store.get(key));
      if (isBefore) chunk.reverse();
      if (chunk.some((placed) => !changes.has(placed.order) && take(placed))) break;
    }
    return best;
  }

  /** Chunks that begin up to a place, the last first. */
  #keysBefore(vid: Vid, order: string): Iterable<string> {
    return this.#store.keys({ start: keyOf(vid, order), end: keyOf(vid, ''), reverse: true });
  }

  /** Chunks that go beyond a place, the first first. */
  *#keysAfter(vid: Vid, order: string): Generator<string> {
    const first = firstOf(this.#keysBefore(vid, order));
    if (first !== undefined) yield first;
    yield* this.#store.keys({ start: keyOf(vid, order), end: keyOf(vid, '~') });
  }

  /** The chunks that changes are in, with them. */
  *#rewritten(
    vid: Vid,
    changes: Changes,
  ): Generator<readonly [key: string, chunk: Uint8Array | undefined]> {
    const chunks = new Map<string, PlacedReading[]>();
    let key: string | undefined;
    for (const [order, reading] of [...changes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const known = firstOf(this.#keysBefore(vid, order));
      // A chunk that these changes have begun may lie between.
      if (known !== undefined && (key === undefined || known > key)) key = known;
      key ??= keyOf(vid, order);
      const chunk = chunks.get(key) ?? (known === key ? readingsOf(this.#store.get(key)) : []);
      const others = chunk.filter((placed) => placed.order !== order);
      const at = others.findIndex((placed) => placed.order > order);
      if (reading !== undefined) others.splice(at < 0 ? others.length : at, 0, { order, reading });
      chunks.set(key, others);
    }
    for (const [at, readings] of chunks) {
      yield [at, undefined];
      yield* this.#chunksOf(vid, readings, at);
    }
  }

  /** Readings in chunks, the first of them under a key if one is given. */
  *#chunksOf(
    vid: Vid,
    readings: readonly PlacedReading[],
    firstKey?: string,
  ): Generator<readonly [key: string, chunk: Uint8Array]> {
    for (let start = 0; start < readings.length; start += this.#chunkMax) {
      const some = readings.slice(start, start + this.#chunkMax);
      const key = start === 0 ? firstKey : undefined;
      yield [key ?? keyOf(vid, some[0]?.order ?? ''), chunkOf(some)];
    }
  }
}

function firstOf(keys: Iterable<string>): string | undefined {
  for (const key of keys) return key;
  return undefined;
}

/** Beside what else is kept of the vehicle. Digits and hyphens: `~` comes behind all of them. */
function keyOf(vid: Vid, order: string): string {
  return `${vid} r ${order}`;
}
