import type { ChainReading, Vid } from '@passport/model';

import { chunkOf, type PlacedReading, readingsOf } from './reading-chunk.ts';

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

/** A vehicle's newest reading, and the last one that is stored: none is an empty text. */
type Tail = { newest: PlacedReading | undefined; storedTo: string };

type Changes = Map<string, ChainReading | undefined>;

/**
 * The odometer chains of vehicles. Readings that came together lie together, as one chunk under the place of
 * its first: a chunk has all readings of its vehicle from there to the next chunk. Most readings come behind
 * their vehicle's newest one, which is kept at hand: nothing is read for them.
 */
export class VehicleReadings {
  readonly #store: ChunkStore;
  readonly #chunkMax: number;
  /** Not stored yet; undefined is removed. */
  readonly #changes = new Map<Vid, Changes>();
  readonly #tails = new Map<Vid, Tail>();

  /** `chunkMax` readings are in a chunk that is written, at most. */
  constructor(store: ChunkStore, chunkMax = CHUNK_READINGS_MAX) {
    this.#store = store;
    this.#chunkMax = chunkMax;
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
    if (tail.newest === undefined || tail.newest.order <= order) tail.newest = { order, reading };
    this.#changesOf(vid).set(order, reading);
  }

  remove(vid: Vid, order: string): void {
    const tail = this.#tailOf(vid);
    this.#changesOf(vid).set(order, undefined);
    if (tail.newest?.order === order) tail.newest = this.#nearest(vid, '~', true);
  }

  /** What is to be stored, by key; undefined is to be removed. */
  *writes(): Generator<readonly [key: string, chunk: Uint8Array | undefined]> {
    for (const [vid, changes] of this.#changes) {
      const added = behind(changes, this.#tailOf(vid).storedTo);
      if (added === undefined) yield* this.#rewritten(vid, changes);
      else yield* this.#chunksOf(vid, added);
    }
  }

  /** Says that all of it is stored. Keeps the newest readings of so many vehicles at hand. */
  stored(vehiclesMax: number): void {
    for (const vid of this.#changes.keys()) {
      const tail = this.#tailOf(vid);
      tail.storedTo = tail.newest?.order ?? '';
    }
    this.#changes.clear();
    if (this.#tails.size > vehiclesMax) this.#tails.clear();
  }

  /** Forgets what is not stored. */
  discard(): void {
    this.#changes.clear();
    this.#tails.clear();
  }

  #changesOf(vid: Vid): Changes {
    let changes = this.#changes.get(vid);
    if (changes === undefined) {
      changes = new Map();
      this.#changes.set(vid, changes);
    }
    return changes;
  }

  #tailOf(vid: Vid): Tail {
    let tail = this.#tails.get(vid);
    if (tail === undefined) {
      // Whoever changes a chain asks for its tail first: all there is of it is stored.
      const newest = this.#nearest(vid, '~', true);
      tail = { newest, storedTo: newest?.order ?? '' };
      this.#tails.set(vid, tail);
    }
    return tail;
  }

  /** The reading nearest to a place in the chain, before it or after it. */
  #nearest(vid: Vid, order: string, isBefore: boolean): PlacedReading | undefined {
    const changes = this.#changes.get(vid);
    let best: PlacedReading | undefined;
    const take = (placed: PlacedReading): boolean => {
      const isBeyond = isBefore ? placed.order < order : placed.order > order;
      if (!isBeyond) return false;
      const isNearer =
        best === undefined || (isBefore ? placed.order > best.order : placed.order < best.order);
      if (isNearer) best = placed;
      return true;
    };
    for (const [changed, reading] of changes ?? []) {
      if (reading !== undefined) take({ order: changed, reading });
    }
    for (const key of isBefore ? this.#keysBefore(vid, order) : this.#keysAfter(vid, order)) {
      const chunk = readingsOf(this.#store.get(key));
      if (isBefore) chunk.reverse();
      if (chunk.some((placed) => changes?.has(placed.order) !== true && take(placed))) break;
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

/** Readings that are all new, in order, and behind what is stored; undefined of any other changes. */
function behind(changes: Changes, storedTo: string): PlacedReading[] | undefined {
  const added: PlacedReading[] = [];
  let last = storedTo;
  for (const [order, reading] of changes) {
    if (reading === undefined || order <= last) return undefined;
    added.push({ order, reading });
    last = order;
  }
  return added;
}

function firstOf(keys: Iterable<string>): string | undefined {
  for (const key of keys) return key;
  return undefined;
}

/** Digits and hyphens: `~` comes behind all of them. */
function keyOf(vid: Vid, order: string): string {
  return `r ${vid} ${order}`;
}
