import type {
  ChainReading,
  EventPlace,
  FoldMemory,
  KeptEvent,
  SourceKind,
  Vid,
  VehicleTraits,
} from '@passport/model';
import { type Database, open } from 'lmdb';

import type { ChainTip } from '../blocks/chain.ts';

/** Far more than years of events: it is an address range, not a file size. */
const MAP_BYTES = 256 * 1024 ** 3;

/** Newest readings that are kept at hand; most readings come behind their vehicle's newest one. */
const NEWEST_MAX = 200_000;

/** Up to which block the fold has come. */
export type FoldHeight = ChainTip & { readonly ledgerTimeMs: number };

type Value = ChainReading | KeptEvent | SourceKind | VehicleTraits;
type Newest = { readonly order: string; readonly reading: ChainReading };

/**
 * The memory of the fold in a folder. What is put is seen at once, and outlives the process only from
 * {@link commit} on, together with the height. One process at a time.
 */
export class FoldStore implements FoldMemory {
  readonly #root: Database<FoldHeight | Value, string>;
  /** Not committed yet; undefined is removed. */
  readonly #pending = new Map<string, Value | undefined>();
  /** Orders of pending readings by vehicle. */
  readonly #pendingOrders = new Map<Vid, Set<string>>();
  readonly #newest = new Map<Vid, Newest | null>();

  private constructor(root: Database<FoldHeight | Value, string>) {
    this.#root = root;
  }

  /** Opens the store of a folder, which is made if need be. */
  static open(directory: string): FoldStore {
    const root = open<FoldHeight | Value, string>({
      path: directory,
      mapSize: MAP_BYTES,
      noSubdir: false,
      encoding: 'msgpack',
      sharedStructuresKey: '\u0000structures',
    } as Parameters<typeof open>[0]) as Database<FoldHeight | Value, string>;
    return new FoldStore(root);
  }

  /** Up to where it is committed; undefined before the genesis block. */
  get height(): FoldHeight | undefined {
    return this.#root.get('height') as FoldHeight | undefined;
  }

  /** Makes durable what was put, and that it is the memory after that block. */
  async commit(height: FoldHeight): Promise<void> {
    const changes = [...this.#pending];
    await this.#root.childTransaction(() => {
      for (const [key, value] of changes) {
        if (value === undefined) void this.#root.remove(key);
        else void this.#root.put(key, value);
      }
      void this.#root.put('height', height);
    });
    this.#pending.clear();
    this.#pendingOrders.clear();
    if (this.#newest.size > NEWEST_MAX) this.#newest.clear();
  }

  /** Forgets what was put since the last commit. */
  discard(): void {
    this.#pending.clear();
    this.#pendingOrders.clear();
    this.#newest.clear();
  }

  /** Forgets everything, for a fold from the genesis block on. */
  async clear(): Promise<void> {
    this.discard();
    await this.#root.clearAsync();
  }

  async close(): Promise<void> {
    await this.#root.flushed;
    await this.#root.close();
  }

  sourceKind(source: string): SourceKind | undefined {
    return this.#get(`k ${source}`) as SourceKind | undefined;
  }

  putSourceKind(source: string, kind: SourceKind): void {
    this.#pending.set(`k ${source}`, kind);
  }

  traits(vid: Vid): VehicleTraits | undefined {
    return this.#get(`t ${vid}`) as VehicleTraits | undefined;
  }

  putTraits(vid: Vid, traits: VehicleTraits): void {
    this.#pending.set(`t ${vid}`, traits);
  }

  event(vid: Vid, place: EventPlace): KeptEvent | undefined {
    return this.#get(eventKey(vid, place)) as KeptEvent | undefined;
  }

  putEvent(vid: Vid, place: EventPlace, event: KeptEvent): void {
    this.#pending.set(eventKey(vid, place), event);
  }

  readingBefore(vid: Vid, order: string): ChainReading | undefined {
    const newest = this.#newestOf(vid);
    if (newest === null || newest.order < order) return newest?.reading;
    return this.#nearest(vid, order, true)?.reading;
  }

  readingAfter(vid: Vid, order: string): ChainReading | undefined {
    const newest = this.#newestOf(vid);
    if (newest === null || newest.order <= order) return undefined;
    return this.#nearest(vid, order, false)?.reading;
  }

  putReading(vid: Vid, order: string, reading: ChainReading): void {
    const newest = this.#newestOf(vid);
    if (newest === null || newest.order < order) this.#newest.set(vid, { order, reading });
    this.#change(vid, order, reading);
  }

  removeReading(vid: Vid, order: string): void {
    this.#change(vid, order, undefined);
    if (this.#newest.get(vid)?.order === order) this.#newest.delete(vid);
  }

  #get(key: string): Value | undefined {
    if (this.#pending.has(key)) return this.#pending.get(key);
    return this.#root.get(key) as Value | undefined;
  }

  #change(vid: Vid, order: string, reading: ChainReading | undefined): void {
    this.#pending.set(readingKey(vid, order), reading);
    const orders = this.#pendingOrders.get(vid);
    if (orders === undefined) this.#pendingOrders.set(vid, new Set([order]));
    else orders.add(order);
  }

  #newestOf(vid: Vid): Newest | null {
    const known = this.#newest.get(vid);
    if (known !== undefined) return known;
    const found = this.#nearest(vid, '~', true) ?? null;
    this.#newest.set(vid, found);
    return found;
  }

  /** The reading nearest to a place in the chain, before it or after it. */
  #nearest(vid: Vid, order: string, before: boolean): Newest | undefined {
    let best: string | undefined;
    for (const known of this.#pendingOrders.get(vid) ?? []) {
      if (this.#pending.get(readingKey(vid, known)) === undefined) continue;
      if (before ? known >= order : known <= order) continue;
      if (best === undefined || (before ? known > best : known < best)) best = known;
    }
    const range = before
      ? { start: readingKey(vid, order), end: readingKey(vid, ''), reverse: true }
      : { start: readingKey(vid, order), end: readingKey(vid, '~') };
    for (const key of this.#root.getKeys(range)) {
      const known = key.slice(readingKey(vid, '').length);
      if (known === order || this.#pending.has(key)) continue;
      if (best === undefined || (before ? known > best : known < best)) best = known;
      break;
    }
    if (best === undefined) return undefined;
    return { order: best, reading: this.#get(readingKey(vid, best)) as ChainReading };
  }
}

function eventKey(vid: Vid, { source, entry, index }: EventPlace): string {
  return `e ${vid} ${source} ${entry} ${index}`;
}

/** Digits and hyphens: `~` comes behind all of them. */
function readingKey(vid: Vid, order: string): string {
  return `r ${vid} ${order}`;
}
