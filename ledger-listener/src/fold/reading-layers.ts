import type { ChainReading, Vid } from '@passport/model';

import { ChunkWriter, type PlacedReading, readingsOf } from './reading-chunk.ts';

/** Of a vehicle, by place in its chain; undefined is removed. */
export type Changes = ReadonlyMap<string, ChainReading | undefined>;

/** A chunk, and the place of its first reading. */
export type AddedChunk = { readonly order: string; readonly chunk: Uint8Array };

/** What one range has changed. */
type Layer = {
  /** Of vehicles whose readings came all behind those that they had. */
  readonly added: Map<Vid, AddedChunk[]>;
  /** All changes of the others. */
  readonly changed: Map<Vid, Map<string, ChainReading | undefined>>;
};

/** What some ranges have changed: each vehicle is in one of the two. */
export type LayersToStore = {
  readonly added: Iterable<readonly [Vid, AddedChunk]>;
  readonly changed: ReadonlyMap<Vid, Changes>;
};

/**
 * What is changed of the odometer chains of vehicles and not stored yet, by range. Readings that come behind all others
 * of their vehicle, as most do, are bytes of a chunk at once: none of them waits as an object.
 */
export class ReadingLayers {
  readonly #chunkMax: number;
  /** Of the range that goes on. */
  #open: Layer = newLayer();
  /** Of ranges that are not stored yet, oldest first. */
  #sealed: readonly Layer[] = [];
  readonly #writer = new ChunkWriter();
  /** Whose chunk is being written. */
  #writing: { readonly vid: Vid; readonly order: string } | undefined;

  /** `chunkMax` readings are in a chunk, at most. */
  constructor(chunkMax: number) {
    this.#chunkMax = chunkMax;
  }

  get isEmpty(): boolean {
    const { added, changed } = this.#open;
    return (
      this.#writing === undefined &&
      added.size === 0 &&
      changed.size === 0 &&
      this.#sealed.length === 0
    );
  }

  /** Adds a reading behind all that its vehicle has. */
  add(vid: Vid, placed: PlacedReading): void {
    const { order, reading } = placed;
    if (this.#writing?.vid !== vid || this.#writer.count === this.#chunkMax) {
      this.#closeChunk();
      if (this.#open.changed.has(vid)) return this.change(vid, order, reading);
      this.#writing = { vid, order };
    }
    this.#writer.add(placed);
  }

  /** Puts a reading anywhere in a chain, or removes it. */
  change(vid: Vid, order: string, reading: ChainReading | undefined): void {
    this.#closeChunk();
    const { added, changed } = this.#open;
    let changes = changed.get(vid);
    if (changes === undefined) {
      changes = changesBy(added.get(vid) ?? []);
      added.delete(vid);
      changed.set(vid, changes);
    }
    changes.set(order, reading);
  }

  /** All that is changed of a vehicle, as it was changed last. */
  changesOf(vid: Vid): Changes {
    this.#closeChunk();
    return merged([...this.#sealed, this.#open], vid);
  }

  /** Ends a range. */
  seal(): void {
    this.#closeChunk();
    this.#sealed = [...this.#sealed, this.#open];
    this.#open = newLayer();
  }

  /** What the oldest sealed ranges have changed, together. */
  oldest(ranges: number): LayersToStore {
    const layers = this.#sealed.slice(0, ranges);
    const changed = new Map<Vid, Changes>();
    for (const layer of layers) {
      for (const vid of layer.changed.keys()) {
        if (!changed.has(vid)) changed.set(vid, merged(layers, vid));
      }
    }
    return { added: addedBy(layers, changed), changed };
  }

  /** Forgets the oldest sealed ranges: they are stored. */
  drop(ranges: number): void {
    this.#sealed = this.#sealed.slice(ranges);
  }

  /** Forgets all but so many of the oldest ranges. */
  discard(kept: number): void {
    this.#writing = undefined;
    this.#writer.clear();
    this.#open = newLayer();
    this.#sealed = this.#sealed.slice(0, kept);
  }

  #closeChunk(): void {
    if (this.#writing === undefined) return;
    const { vid, order } = this.#writing;
    this.#writing = undefined;
    const added = { order, chunk: this.#writer.take() };
    const chunks = this.#open.added.get(vid);
    if (chunks === undefined) this.#open.added.set(vid, [added]);
    else chunks.push(added);
  }
}

const unchanged: Changes = new Map();

/** What layers have changed of a vehicle, each above the one before. */
function merged(layers: readonly Layer[], vid: Vid): Changes {
  let all: Changes = unchanged;
  for (const { added, changed } of layers) {
    const chunks = added.get(vid);
    const changes = changed.get(vid) ?? (chunks && changesBy(chunks));
    if (changes !== undefined) all = all.size === 0 ? changes : new Map([...all, ...changes]);
  }
  return all;
}

/** The chunks that layers have added, but for vehicles of which something else is changed. */
function* addedBy(
  layers: readonly Layer[],
  changed: ReadonlyMap<Vid, Changes>,
): Generator<readonly [Vid, AddedChunk]> {
  for (const { added } of layers) {
    for (const [vid, chunks] of added) {
      if (!changed.has(vid)) for (const chunk of chunks) yield [vid, chunk];
    }
  }
}

function changesBy(chunks: readonly AddedChunk[]): Map<string, ChainReading | undefined> {
  const placed = chunks.flatMap(({ chunk }): PlacedReading[] => readingsOf(chunk));
  return new Map(placed.map(({ order, reading }) => [order, reading]));
}

function newLayer(): Layer {
  return { added: new Map(), changed: new Map() };
}
