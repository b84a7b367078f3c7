import { type ChainReading, chainOrder, parseDay, parseSourceId, type Vid } from '@passport/model';

import { readingsOf } from '../reading-chunk.ts';
import type { ChunkStore } from '../reading-windows.ts';
import { VehicleReadings } from '../vehicle-readings.ts';
import { vids } from './random-changes.ts';

export const CHUNK_MAX = 3;
export const PLACES = 30;

/** Chunks as an embedded store has them: sorted by key. */
export class SortedStore implements ChunkStore {
  readonly #chunks = new Map<string, Uint8Array>();

  get size(): number {
    return this.#chunks.size;
  }

  /** In the order of their keys. */
  get sorted(): (readonly [key: string, chunk: Uint8Array])[] {
    return [...this.#chunks].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async *chunks({
    gt,
    lte,
  }: Parameters<ChunkStore['chunks']>[0]): ReturnType<ChunkStore['chunks']> {
    // Of one state, whatever is written meanwhile.
    const state = this.sorted.reverse();
    for (const [key, chunk] of state) if (key > gt && key <= lte) yield [key, chunk];
  }

  write(changes: Iterable<readonly [key: string, chunk: Uint8Array | undefined]>): void {
    // All are worked out before any of them is written, as in a commit.
    for (const [key, chunk] of [...changes]) {
      if (chunk === undefined) this.#chunks.delete(key);
      else this.#chunks.set(key, chunk);
    }
  }
}

export const orderOf = (place: number): string =>
  chainOrder(parseDay('2026-01-02'), { block: place, tx: 0, index: place % 2 });

export function readingOf(km: number): ChainReading {
  return {
    km,
    arrivedKm: km % 3 === 0 ? km + 1 : km,
    cell: km % 2 === 0 ? 'even' : 'odd',
    source: parseSourceId(km % 5 === 0 ? 'MakerMSP/main' : 'GarageMSP/main'),
    qualityIndex: km,
    flags: km % 7 === 0 ? ['late'] : [],
  };
}

type Lists = readonly Map<string, ChainReading>[];

/** Readings in ranges of which some are being stored, beside sorted lists. */
export class ReadingsBesideLists {
  readonly #store = new SortedStore();
  readonly #readings = new VehicleReadings(this.#store, CHUNK_MAX);
  #known: Lists = vids.map(() => new Map());
  /** As it was when each range was sealed, the last one that is stored first. */
  #ends: Lists[] = [copyOf(this.#known)];
  #storing = 0;
  #writes: (readonly [string, Uint8Array | undefined])[] = [];

  /** Brings at hand what changing readings from a place on looks at; all of them without one. */
  async bring(of: Vid, place?: number): Promise<void> {
    const from = place === undefined ? '' : orderOf(place);
    const isInOrder = [...this.#listOf(of).keys()].every((order) => order < from);
    const need = { from, isInOrder: isInOrder && place !== undefined };
    for (let bringing = this.#readings.bring(of, need); bringing !== undefined;) {
      await bringing;
      bringing = this.#readings.bring(of, need);
    }
  }

  async put(of: Vid, place: number, km: number): Promise<void> {
    await this.bring(of, place);
    this.#readings.put(of, orderOf(place), readingOf(km));
    this.#listOf(of).set(orderOf(place), readingOf(km));
  }

  async remove(of: Vid, place: number): Promise<void> {
    await this.bring(of, place);
    this.#readings.remove(of, orderOf(place));
    this.#listOf(of).delete(orderOf(place));
  }

  /** What lies before and behind a place, and what has to: with no more at hand than changing it takes. */
  around(of: Vid, place: number): readonly [found: unknown, wanted: unknown] {
    const order = orderOf(place);
    const found = [this.#readings.before(of, order), this.#readings.after(of, order)];
    return [found, neighbours(sorted(this.#listOf(of)), order)];
  }

  seal(): void {
    this.#readings.seal();
    this.#ends.push(copyOf(this.#known));
  }

  async begin(ranges: number): Promise<void> {
    if (this.#storing > 0) return;
    this.#storing = Math.min(ranges, this.#ends.length - 1);
    this.#writes = await this.#readings.writes(this.#storing);
  }

  /** They are in the store, and nobody knows yet. */
  written(): void {
    this.#store.write(this.#writes);
    this.#writes = [];
  }

  stored(): void {
    this.written();
    this.#readings.stored(this.#storing, 1);
    this.#ends = this.#ends.slice(this.#storing);
    this.#storing = 0;
  }

  failed(): void {
    if (this.#writes.length === 0) return;
    this.#readings.notStored();
    this.#writes = [];
    this.#storing = 0;
  }

  discard(): void {
    this.#readings.discard(this.#storing);
    this.#ends = this.#ends.slice(0, this.#storing + 1);
    this.#known = copyOf(this.#ends.at(-1) ?? []);
  }

  /** What lies before and behind each place of each vehicle. */
  get found(): unknown {
    return vids.map((one) =>
      places.map((order) => [this.#readings.before(one, order), this.#readings.after(one, order)]),
    );
  }

  /** What has to lie there. */
  get wanted(): unknown {
    return vids.map((one) => {
      const all = sorted(this.#listOf(one));
      return places.map((order) => neighbours(all, order));
    });
  }

  /** The readings that are stored, and those that have to be; none while that is not known. */
  get inStore(): readonly unknown[] {
    if (this.#storing > 0) return [[], []];
    const [wanted = []] = this.#ends;
    const readings = this.#store.sorted.flatMap(([, chunk]) => readingsOf(chunk));
    const lists = wanted.map((list) =>
      sorted(list).map(([order, reading]) => ({ order, reading })),
    );
    return [readings, lists.flat()];
  }

  /** How many readings each chunk in the store has. */
  get chunkSizes(): readonly number[] {
    return this.#store.sorted.map(([, chunk]) => readingsOf(chunk).length);
  }

  #listOf(of: Vid): Map<string, ChainReading> {
    return this.#known[vids.indexOf(of)] ?? new Map<string, ChainReading>();
  }
}

function neighbours(
  all: readonly (readonly [order: string, reading: ChainReading])[],
  order: string,
): readonly (ChainReading | undefined)[] {
  return [all.findLast(([at]) => at < order)?.[1], all.find(([at]) => at > order)?.[1]];
}

const places = ['', ...Array.from({ length: PLACES + 10 }, (_, place) => orderOf(place))];

function sorted(list: Lists[number]): (readonly [order: string, reading: ChainReading])[] {
  return [...list].sort(([a], [b]) => (a < b ? -1 : 1));
}

function copyOf(lists: Lists): Lists {
  return lists.map((list) => new Map(list));
}
