import type { ChainReading, Vid } from '@passport/model';

import { readingsKey } from './fold-keys.ts';
import { chunkOf, type PlacedReading, readingsOf } from './reading-chunk.ts';
import { type Changes, ReadingLayers } from './reading-layers.ts';
import { type ChunkStore, ReadingWindows } from './reading-windows.ts';

/** More would be much to read for one late reading. */
const CHUNK_READINGS_MAX = 64;

/** Where the odometer chain of a vehicle is about to be changed. */
export type ChainNeed = {
  /** The lowest place, or the day of it: the chain is looked at from the reading before it on. */
  readonly from: string;
  /** Whether readings are only added, each behind those before it. */
  readonly isInOrder: boolean;
};

/** A chunk, and the key that it is under; undefined is removed. */
export type ChunkWrite = readonly [key: string, chunk: Uint8Array | undefined];

/** The newest reading of a vehicle; undefined where it has none. */
type Tail = { readonly vid: Vid; newest: PlacedReading | undefined };

/**
 * The odometer chains of vehicles. Readings that came together lie together, as one chunk under the place of
 * its first: a chunk has all readings of its vehicle from there to the next chunk. Most readings come behind
 * their vehicle's newest one, which is kept at hand: nothing is read for them, and they are a chunk of their own.
 * Whatever else is looked at has to be brought at hand before: looking does not wait.
 */
export class VehicleReadings {
  readonly #store: ChunkStore;
  readonly #chunkMax: number;
  readonly #layers: ReadingLayers;
  readonly #tails = new Map<Vid, Tail>();
  /** Of whom was asked last. */
  #latest: Tail | undefined;
  readonly #windows: ReadingWindows;

  /** `chunkMax` readings are in a chunk that is written, at most. */
  constructor(store: ChunkStore, chunkMax = CHUNK_READINGS_MAX) {
    this.#store = store;
    this.#windows = new ReadingWindows(store);
    this.#chunkMax = chunkMax;
    this.#layers = new ReadingLayers(chunkMax);
  }

  /** Whether nothing is changed that is not stored. */
  get isStored(): boolean {
    return this.#layers.isEmpty;
  }

  /** Says that nothing of a vehicle is stored. */
  begin(vid: Vid): void {
    this.#tails.set(vid, { vid, newest: undefined });
    this.#windows.begin(vid);
  }

  /** Whether the newest reading of a vehicle is at hand, or that it has none. */
  knows(vid: Vid): boolean {
    return this.#tails.has(vid);
  }

  /** Reads what is to be looked at, if it is not at hand: undefined where it is. Nothing may be waited for behind that. */
  bring(vid: Vid, need: ChainNeed): Promise<void> | undefined {
    const tail = this.#tails.get(vid);
    const newest = tail?.newest?.order;
    const isBehind = newest === undefined || newest < need.from || newest.startsWith(need.from);
    if (tail !== undefined && need.isInOrder && isBehind) return undefined;
    const changes = this.#layers.changesOf(vid);
    if (this.#windows.reaches(vid, need.from, changes)) return undefined;
    return this.#windows.load(vid, need.from, changes);
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
  async writes(ranges: number): Promise<ChunkWrite[]> {
    const { added, changed } = this.#layers.oldest(ranges);
    const writes = Array.from(added, ([vid, { order, chunk }]): ChunkWrite => [
      readingsKey(vid, order),
      chunk,
    ]);
    for (const [vid, changes] of changed) writes.push(...(await this.#rewritten(vid, changes)));
    return writes;
  }

  /** Says that these ranges are stored. Keeps the newest readings of so many vehicles at hand. */
  stored(ranges: number, vehiclesMax: number): void {
    this.#layers.drop(ranges);
    this.#windows.forget();
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
    this.#windows.forget();
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
    for (const placed of this.#windows.from(vid, order, isBefore)) {
      if (!changes.has(placed.order) && take(placed)) break;
    }
    return best;
  }

  /** The chunks that changes are in, with them. */
  async #rewritten(vid: Vid, changes: Changes): Promise<ChunkWrite[]> {
    const sorted = [...changes].sort(([a], [b]) => (a < b ? -1 : 1));
    const stored = await this.#chunksOf(vid, sorted[0]?.[0] ?? '', sorted.at(-1)?.[0] ?? '');
    const chunks = new Map<string, PlacedReading[]>();
    let key: string | undefined;
    for (const [order, reading] of sorted) {
      const known = stored.find((each) => each.key <= readingsKey(vid, order));
      // A chunk that these changes have begun may lie between.
      if (known !== undefined && (key === undefined || known.key > key)) key = known.key;
      key ??= readingsKey(vid, order);
      const chunk = chunks.get(key) ?? (known?.key === key ? readingsOf(known.chunk) : []);
      const others = chunk.filter((placed) => placed.order !== order);
      const at = others.findIndex((placed) => placed.order > order);
      if (reading !== undefined) others.splice(at < 0 ? others.length : at, 0, { order, reading });
      chunks.set(key, others);
    }
    return [...chunks].flatMap(([at, readings]): ChunkWrite[] =>
      readings.length === 0 ? [[at, undefined]] : [...this.#inChunks(vid, readings, at)],
    );
  }

  /** The chunks that two places, and all between, may be in: the last first. */
  async #chunksOf(
    vid: Vid,
    first: string,
    last: string,
  ): Promise<readonly { readonly key: string; readonly chunk: Uint8Array }[]> {
    const found: { readonly key: string; readonly chunk: Uint8Array }[] = [];
    const range = { gt: readingsKey(vid, ''), lte: readingsKey(vid, last) };
    for await (const [key, chunk] of this.#store.chunks(range)) {
      found.push({ key, chunk });
      if (key <= readingsKey(vid, first)) break;
    }
    return found;
  }

  /** Readings in chunks, the first of them under a key that is given. */
  *#inChunks(
    vid: Vid,
    readings: readonly PlacedReading[],
    firstKey: string,
  ): Generator<ChunkWrite> {
    for (let start = 0; start < readings.length; start += this.#chunkMax) {
      const some = readings.slice(start, start + this.#chunkMax);
      const key = start === 0 ? firstKey : readingsKey(vid, some[0]?.order ?? '');
      yield [key, chunkOf(some)];
    }
  }
}
