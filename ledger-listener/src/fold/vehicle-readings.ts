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

/**
 * A vehicle's newest reading, and the last one that is stored, or is being stored: none is an empty text,
 * undefined is one that has to be read.
 */
type Tail = { newest: PlacedReading | undefined; storedTo: string | undefined };

/** Of a vehicle, by place in its chain; undefined is removed. */
type Changes = Map<string, ChainReading | undefined>;

/** What one range has changed. */
type Layer = Map<Vid, Changes>;

/**
 * The odometer chains of vehicles. Readings that came together lie together, as one chunk under the place of
 * its first: a chunk has all readings of its vehicle from there to the next chunk. Most readings come behind
 * their vehicle's newest one, which is kept at hand: nothing is read for them. What is not stored yet lies in a
 * layer for each range, and becomes chunks when all before it is stored.
 */
export class VehicleReadings {
  readonly #store: ChunkStore;
  readonly #chunkMax: number;
  /** Of the range that goes on. */
  #open: Layer = new Map();
  /** Of ranges that are not stored yet, oldest first. */
  #sealed: readonly Layer[] = [];
  readonly #tails = new Map<Vid, Tail>();

  /** `chunkMax` readings are in a chunk that is written, at most. */
  constructor(store: ChunkStore, chunkMax = CHUNK_READINGS_MAX) {
    this.#store = store;
    this.#chunkMax = chunkMax;
  }

  /** Whether nothing is changed that is not stored. */
  get isStored(): boolean {
    return this.#open.size === 0 && this.#sealed.length === 0;
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
    this.#openOf(vid).set(order, reading);
  }

  remove(vid: Vid, order: string): void {
    const tail = this.#tailOf(vid);
    this.#openOf(vid).set(order, undefined);
    if (tail.newest?.order === order) tail.newest = this.#nearest(vid, '~', true);
  }

  /** Ends a range. */
  seal(): void {
    this.#sealed = [...this.#sealed, this.#open];
    this.#open = new Map();
  }

  /** What is to be stored for the oldest sealed ranges, by key; undefined is to be removed. */
  *writes(ranges: number): Generator<readonly [key: string, chunk: Uint8Array | undefined]> {
    for (const [vid, changes] of mergedLayers(this.#sealed.slice(0, ranges))) {
      const tail = this.#tailOf(vid);
      const storedTo = tail.storedTo ?? this.#nearest(vid, '~', true, unchanged)?.order ?? '';
      const added = behind(changes, storedTo);
      if (added === undefined) yield* this.#rewritten(vid, changes);
      else yield* this.#chunksOf(vid, added);
      // Asked for again only when the next ranges are stored, and this one is then.
      tail.storedTo = added?.at(-1)?.order;
    }
  }

  /** Says that these ranges are stored. Keeps the newest readings of so many vehicles at hand. */
  stored(ranges: number, vehiclesMax: number): void {
    this.#sealed = this.#sealed.slice(ranges);
    if (this.#tails.size > vehiclesMax) this.#tails.clear();
  }

  /** Says that what was to be stored is not. */
  notStored(): void {
    this.#tails.clear();
  }

  /** Forgets what is not stored, all but so many of the oldest ranges. */
  discard(kept = 0): void {
    this.#open = new Map();
    this.#sealed = this.#sealed.slice(0, kept);
    this.#tails.clear();
  }

  #openOf(vid: Vid): Changes {
    let changes = this.#open.get(vid);
    if (changes === undefined) {
      changes = new Map();
      this.#open.set(vid, changes);
    }
    return changes;
  }

  /** All that is changed of a vehicle and not stored, as it was changed last. */
  #changesOf(vid: Vid): Changes {
    const open = this.#open.get(vid);
    const sealed = this.#sealed.map((layer) => layer.get(vid));
    const [first, ...later] = [...sealed, open].filter((changes) => changes !== undefined);
    return later.reduce(mergedChanges, first ?? unchanged);
  }

  #tailOf(vid: Vid): Tail {
    let tail = this.#tails.get(vid);
    if (tail === undefined) {
      const changes = this.#changesOf(vid);
      const newest = this.#nearest(vid, '~', true, changes);
      // Whoever changes a chain asks for its tail first: mostly, all there is of it is stored.
      tail = { newest, storedTo: changes.size > 0 ? undefined : (newest?.order ?? '') };
      this.#tails.set(vid, tail);
    }
    return tail;
  }

  /** The reading nearest to a place in the chain, before it or after it, with these changes. */
  #nearest(
    vid: Vid,
    order: string,
    isBefore: boolean,
    changes: Changes = this.#changesOf(vid),
  ): PlacedReading | undefined {
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

const unchanged: Changes = new Map();

/** Changes, and those that came behind them. */
function mergedChanges(changes: Changes, later: Changes): Changes {
  return new Map([...changes, ...later]);
}

function mergedLayers(layers: readonly Layer[]): Layer {
  const [first, ...others] = layers;
  if (first === undefined || others.length === 0) return first ?? new Map();
  const all = new Map(first);
  for (const [vid, later] of others.flatMap((layer) => [...layer])) {
    const changes = all.get(vid);
    all.set(vid, changes === undefined ? later : mergedChanges(changes, later));
  }
  return all;
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
