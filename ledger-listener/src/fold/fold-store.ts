import {
  type ChainReading,
  comparePlaces,
  type EventPlace,
  type FoldMemory,
  type Instant,
  type KeptEvent,
  type KeyId,
  type SourceKind,
  type Vid,
  type VehicleConsent,
  type VehicleTraits,
} from '@passport/model';
import { mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type RootDatabase, open } from 'lmdb';

import type { ChainTip } from '../blocks/chain.ts';
import {
  chainReading,
  keptEvent,
  signalTable,
  type StoredEvent,
  storedEvent,
  type StoredReading,
  storedReading,
} from './kept-values.ts';

/** Far more than years of events: it is an address range, not a file size. */
const MAP_BYTES = 256 * 1024 ** 3;

/** Newest readings that are kept at hand; most readings come behind their vehicle's newest one. */
const NEWEST_MAX = 200_000;

/** Vehicles whose consent is kept at hand. */
const CONSENTS_MAX = 50_000;

/** Different traits that are kept at hand. */
const TRAITS_MAX = 50_000;

/** That an owner erased something, and which keys of the market are to be destroyed with it. */
export type Erased = {
  readonly vid: Vid;
  /** The block that says so. */
  readonly block: number;
  readonly readerKeys: readonly KeyId[];
  readonly at: Instant;
};

/** Up to which block the fold has come. */
export type FoldHeight = ChainTip & { readonly ledgerTimeMs: number };

/** Events of an entry, by their place in it. */
type StoredEntry = readonly StoredEvent[];
/** A text is the kind of a source, or the names of the signals. */
type Value =
  | StoredReading
  | StoredEntry
  | VehicleTraits
  | VehicleConsent
  | readonly Erased[]
  | number
  | string;
type Root = RootDatabase<FoldHeight | Value, string>;
type Newest = { readonly order: string; readonly reading: ChainReading };

/**
 * The memory of the fold in a folder. What is put is seen at once, and outlives the process only from
 * {@link commit} on, together with the height. One process at a time.
 */
export class FoldStore implements FoldMemory {
  readonly #directory: string;
  #root: Root;
  /** Not committed yet; undefined is removed. */
  readonly #pending = new Map<string, Value | undefined>();
  /** Orders of pending readings by vehicle. */
  readonly #pendingOrders = new Map<Vid, Set<string>>();
  /** Keys of pending entries by vehicle. */
  readonly #pendingEntries = new Map<Vid, Set<string>>();
  readonly #newest = new Map<Vid, Newest | null>();
  readonly #consents = new Map<Vid, VehicleConsent | null>();
  readonly #traits = new Map<string, VehicleTraits>();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#root = openRoot(directory);
  }

  /** Opens the store of a folder, which is made if need be. */
  static open(directory: string): FoldStore {
    return new FoldStore(directory);
  }

  /** Up to where it is committed; undefined before the genesis block. */
  get height(): FoldHeight | undefined {
    // Another version of this program wrote it: what it has cannot be read, and is made again.
    if (this.#root.get('signals') !== signalTable) return undefined;
    return this.#root.get('height') as FoldHeight | undefined;
  }

  /** What was erased by committed blocks, and is not finished yet. */
  get erased(): readonly Erased[] {
    return (this.#root.get('erased') as readonly Erased[] | undefined) ?? [];
  }

  /** The newest block that had keys of the market destroyed; -1 where none had. A fold that is made anew keeps it. */
  get erasedLast(): number {
    return (this.#root.get('erased last') as number | undefined) ?? -1;
  }

  /** Makes durable what was put, that it is the memory after that block, and what is erased by it. */
  async commit(height: FoldHeight, erased: readonly Erased[] = []): Promise<void> {
    const unfinished = [...this.erased, ...erased];
    const changes = [...this.#pending];
    await this.#root.childTransaction(() => {
      for (const [key, value] of changes) {
        if (value === undefined) void this.#root.remove(key);
        else void this.#root.put(key, value);
      }
      void this.#root.put('signals', signalTable);
      void this.#root.put('height', height);
      if (erased.length > 0) void this.#root.put('erased', unfinished);
      const destroying = erased.filter(({ readerKeys }) => readerKeys.length > 0);
      const newest = Math.max(this.erasedLast, ...destroying.map(({ block }) => block));
      if (newest >= 0) void this.#root.put('erased last', newest);
    });
    this.#pending.clear();
    this.#pendingOrders.clear();
    this.#pendingEntries.clear();
    if (this.#newest.size > NEWEST_MAX) this.#newest.clear();
    if (this.#consents.size > CONSENTS_MAX) this.#consents.clear();
  }

  /** Forgets what was put since the last commit. */
  discard(): void {
    this.#pending.clear();
    this.#pendingOrders.clear();
    this.#pendingEntries.clear();
    this.#newest.clear();
    this.#consents.clear();
  }

  /**
   * Copies what is there into a file of its own, which takes the place of the old one: what was removed,
   * or changed, is in no free page of it. It takes as long as the store is large. Throws Error when
   * something is put and not committed.
   */
  async compact(): Promise<void> {
    if (this.#pending.size > 0) throw new Error('it is compacted between two commits');
    const copy = join(this.#directory, 'copy');
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy);
    await this.#root.flushed;
    await this.#root.backup(copy, true);
    await syncFile(join(copy, 'data.mdb'));
    await this.#root.close();
    await rename(join(copy, 'data.mdb'), join(this.#directory, 'data.mdb'));
    await syncFile(this.#directory);
    await rm(copy, { recursive: true });
    this.#root = openRoot(this.#directory);
  }

  /** Says that all that was erased is finished. */
  async finishErased(): Promise<void> {
    await this.#root.remove('erased');
    await this.#root.flushed;
  }

  /** Forgets everything, for a fold from the genesis block on. */
  async clear(): Promise<void> {
    this.discard();
    const { erased, erasedLast } = this;
    await this.#root.clearAsync();
    if (erasedLast >= 0) await this.#root.put('erased last', erasedLast);
    // What is to be destroyed is so whatever becomes of the fold.
    if (erased.length > 0) await this.#root.put('erased', erased);
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
    const found = this.#get(`t ${vid}`) as VehicleTraits | undefined;
    return found && this.#shared(found);
  }

  putTraits(vid: Vid, traits: VehicleTraits): void {
    this.#pending.set(`t ${vid}`, traits);
  }

  event(vid: Vid, place: EventPlace): KeptEvent | undefined {
    const entry = this.#get(entryKey(vid, place)) as StoredEntry | undefined;
    const stored = entry?.[place.index];
    return stored && keptEvent(stored);
  }

  putEvent(vid: Vid, place: EventPlace, event: KeptEvent): void {
    const key = entryKey(vid, place);
    const stored = this.#pending.get(key) as StoredEvent[] | undefined;
    // An entry is written once, by one transaction: all its events are pending together.
    if (stored !== undefined) withEvent(stored, place.index, event);
    else this.#putEntry(vid, key, withEvent([], place.index, event));
  }

  changeEvent(vid: Vid, place: EventPlace, event: KeptEvent): void {
    const key = entryKey(vid, place);
    const stored = (this.#get(key) ?? []) as StoredEntry;
    this.#putEntry(vid, key, withEvent([...stored], place.index, event));
  }

  events(vid: Vid): readonly (readonly [EventPlace, KeptEvent])[] {
    const prefix = `e ${vid} `;
    const keys = new Set(this.#pendingEntries.get(vid));
    for (const key of this.#root.getKeys({ start: prefix, end: `${prefix}~` })) keys.add(key);
    const found = [...keys].flatMap((key) => {
      const [source, entry] = key.slice(prefix.length).split(' ');
      const stored = (this.#get(key) ?? []) as StoredEntry;
      // Of an entry that voids, places without an event are left empty.
      return stored.flatMap((each, index) => {
        const place = { source, entry: Number(entry), index } as EventPlace;
        return (each as StoredEvent | null | undefined) ? [[place, keptEvent(each)] as const] : [];
      });
    });
    return found.sort(([a], [b]) => comparePlaces(a, b));
  }

  consent(vid: Vid): VehicleConsent | undefined {
    const known = this.#consents.get(vid);
    if (known !== undefined) return known ?? undefined;
    const found = this.#get(`c ${vid}`) as VehicleConsent | undefined;
    this.#consents.set(vid, found ?? null);
    return found;
  }

  putConsent(vid: Vid, consent: VehicleConsent): void {
    this.#consents.set(vid, consent);
    this.#pending.set(`c ${vid}`, consent);
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
    if (newest === null || newest.order <= order) this.#newest.set(vid, { order, reading });
    this.#change(vid, order, reading);
  }

  removeReading(vid: Vid, order: string): void {
    this.#change(vid, order, undefined);
    if (this.#newest.get(vid)?.order === order) this.#newest.delete(vid);
  }

  #putEntry(vid: Vid, key: string, entry: StoredEntry): void {
    this.#pending.set(key, entry);
    const keys = this.#pendingEntries.get(vid);
    if (keys === undefined) this.#pendingEntries.set(vid, new Set([key]));
    else keys.add(key);
  }

  /** One object for all vehicles with these traits. */
  #shared(found: VehicleTraits): VehicleTraits {
    const { brand, model, energy, region } = found;
    const key = [brand, model, energy, region].join('\u001f');
    const known = this.#traits.get(key);
    if (known !== undefined) return known;
    if (this.#traits.size >= TRAITS_MAX) this.#traits.clear();
    this.#traits.set(key, found);
    return found;
  }

  #get(key: string): Value | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined || this.#pending.has(key)) return pending;
    return this.#root.get(key) as Value | undefined;
  }

  #change(vid: Vid, order: string, reading: ChainReading | undefined): void {
    this.#pending.set(readingKey(vid, order), reading && storedReading(reading));
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
    const isNearer = (known: string, best: string | undefined): boolean =>
      best === undefined || (before ? known > best : known < best);
    let best: string | undefined;
    for (const known of this.#pendingOrders.get(vid) ?? []) {
      if (this.#pending.get(readingKey(vid, known)) === undefined) continue;
      if (before ? known >= order : known <= order) continue;
      if (isNearer(known, best)) best = known;
    }
    const start = readingKey(vid, order);
    const range = before
      ? { start, end: readingKey(vid, ''), reverse: true }
      : { start, end: readingKey(vid, '~') };
    for (const key of this.#root.getKeys(range)) {
      const known = key.slice(readingKey(vid, '').length);
      if (known === order || this.#pending.has(key)) continue;
      if (isNearer(known, best)) best = known;
      break;
    }
    if (best === undefined) return undefined;
    const stored = this.#get(readingKey(vid, best)) as StoredReading;
    return { order: best, reading: chainReading(stored) };
  }
}

function openRoot(directory: string): Root {
  return open<FoldHeight | Value, string>({
    path: directory,
    mapSize: MAP_BYTES,
    noSubdir: false,
    encoding: 'msgpack',
  });
}

/** Makes a file, or the names in a folder, durable. */
async function syncFile(path: string): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function withEvent(entry: StoredEvent[], index: number, event: KeptEvent): StoredEvent[] {
  entry[index] = storedEvent(event);
  return entry;
}

function entryKey(vid: Vid, { source, entry }: EventPlace): string {
  return `e ${vid} ${source} ${entry}`;
}

/** Digits and hyphens: `~` comes behind all of them. */
function readingKey(vid: Vid, order: string): string {
  return `r ${vid} ${order}`;
}
