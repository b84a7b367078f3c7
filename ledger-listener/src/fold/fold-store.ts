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

import { type RootDatabase, asBinary, open } from 'lmdb';

import type { ChainTip } from '../blocks/chain.ts';
import { atHand } from './at-hand.ts';
import { signalTable } from './kept-event.ts';
import { merged, RangeLayers } from './range-layers.ts';
import { EntryWriter, eventsIn, withEvent } from './stored-entry.ts';
import { VehicleReadings } from './vehicle-readings.ts';

/** Far more than years of events: it is an address range, not a file size. */
const MAP_BYTES = 256 * 1024 ** 3;

/** Newest readings that are kept at hand; most readings come behind their vehicle's newest one. */
const NEWEST_MAX = 200_000;

/** Kinds of sources and traits of vehicles that are kept at hand. */
const KNOWN_MAX = 200_000;

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

/** A text is the kind of a source, or the names of the signals; bytes are an entry, or readings. */
type Value = Uint8Array | VehicleTraits | VehicleConsent | readonly Erased[] | number | string;
type Root = RootDatabase<FoldHeight | Value | ReturnType<typeof asBinary>, string>;

/** Where a range ended. */
type RangeEnd = { readonly height: FoldHeight; readonly erased: readonly Erased[] };

/** An entry, and its key. */
type OpenEntry = Pick<EventPlace, 'source' | 'entry'> & { readonly vid: Vid; readonly key: string };

/**
 * The memory of the fold in a folder. What is put is seen at once, belongs to a range from {@link seal} on, and
 * outlives the process only from {@link commit} on, together with the height: meanwhile the fold goes on. One
 * process at a time.
 */
export class FoldStore implements FoldMemory {
  readonly #directory: string;
  #root: Root;
  /** Not committed yet. */
  readonly #layers = new RangeLayers<Value, RangeEnd>();
  /** How many of the sealed layers are being committed. */
  #committing = 0;
  readonly #readings: VehicleReadings;
  /** As they are now; null where there is none. */
  readonly #sourceKinds = new Map<string, SourceKind | null>();
  readonly #traitsOf = new Map<Vid, VehicleTraits | null>();
  readonly #consents = new Map<Vid, VehicleConsent | null>();
  readonly #traits = new Map<string, VehicleTraits>();
  readonly #entry = new EntryWriter();
  /** The entry that is being written. */
  #open: OpenEntry | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#root = openRoot(directory);
    this.#readings = new VehicleReadings({
      get: (key) => this.#root.getBinary(key) ?? none,
      keys: (range) => this.#root.getKeys(range),
    });
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

  /** Ends a range: what was put since the last one belongs to it, and what is erased by it. */
  seal(height: FoldHeight, erased: readonly Erased[] = []): void {
    this.#closeEntry();
    this.#layers.seal({ height, erased });
    this.#readings.seal();
  }

  /**
   * Makes the sealed ranges up to a block durable, all or none of them. Meanwhile more may be put, read and
   * sealed, and what is read is what was put last. Where it fails, they are as they were before. Throws Error
   * when another one is under way, or no range is sealed up to there.
   */
  async commit(upTo: number): Promise<void> {
    if (this.#committing > 0) throw new Error('another commit is under way');
    const ranges = this.#layers.sealed.filter(({ end }) => end.height.number <= upTo);
    const last = ranges.at(-1);
    if (last === undefined) throw new Error(`no range is sealed up to block ${upTo}`);
    this.#committing = ranges.length;
    try {
      const chunks = [...this.#readings.writes(ranges.length)];
      await this.#write([...merged(ranges), ...chunks], {
        height: last.end.height,
        erased: ranges.flatMap(({ end }) => end.erased),
      });
      this.#layers.drop(ranges.length);
      this.#readings.stored(ranges.length, NEWEST_MAX);
    } catch (error) {
      this.#readings.notStored();
      throw error;
    } finally {
      this.#committing = 0;
    }
    if (this.#sourceKinds.size > KNOWN_MAX) this.#sourceKinds.clear();
    if (this.#traitsOf.size > KNOWN_MAX) this.#traitsOf.clear();
    if (this.#consents.size > CONSENTS_MAX) this.#consents.clear();
  }

  /** Forgets what is not committed. What is being committed stays: it is durable when that is. */
  discard(): void {
    this.#closeEntry();
    this.#layers.discard(this.#committing);
    this.#readings.discard(this.#committing);
    this.#sourceKinds.clear();
    this.#traitsOf.clear();
    this.#consents.clear();
  }

  /**
   * Copies what is there into a file of its own, which takes the place of the old one: what was removed,
   * or changed, is in no free page of it. It takes as long as the store is large. Throws Error when
   * something is put and not committed.
   */
  async compact(): Promise<void> {
    this.#closeEntry();
    if (!this.#layers.isEmpty || !this.#readings.isStored) {
      throw new Error('it is compacted when all is committed');
    }
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

  /** Forgets everything, for a fold from the genesis block on. Throws Error during a commit. */
  async clear(): Promise<void> {
    if (this.#committing > 0) throw new Error('a commit is under way');
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
    return atHand(
      this.#sourceKinds,
      source,
      () => this.#get(sourceKey(source)) as SourceKind | undefined,
    );
  }

  putSourceKind(source: string, kind: SourceKind): void {
    this.#sourceKinds.set(source, kind);
    this.#layers.put(sourceKey(source), kind);
  }

  traits(vid: Vid): VehicleTraits | undefined {
    return atHand(this.#traitsOf, vid, () => {
      const found = this.#get(traitsKey(vid)) as VehicleTraits | undefined;
      return found && this.#shared(found);
    });
  }

  putTraits(vid: Vid, traits: VehicleTraits): void {
    const shared = this.#shared(traits);
    this.#traitsOf.set(vid, shared);
    this.#layers.put(traitsKey(vid), shared);
  }

  event(vid: Vid, place: EventPlace): KeptEvent | undefined {
    const events = eventsIn(this.#bytes(entryKey(vid, place)));
    return events.find(({ index }) => index === place.index)?.event;
  }

  putEvent(vid: Vid, place: EventPlace, event: KeptEvent): void {
    const { source, entry, index } = place;
    const open = this.#open;
    const isOpen = open?.vid === vid && open.source === source && open.entry === entry;
    if (!isOpen) {
      this.#closeEntry();
      const key = entryKey(vid, place);
      // An entry is written once, by one transaction: all its events come together.
      if (this.#layers.isOpen(key)) return this.changeEvent(vid, place, event);
      this.#open = { vid, source, entry, key };
    } else if (index <= this.#entry.last) return this.changeEvent(vid, place, event);
    this.#entry.add(index, event);
  }

  changeEvent(vid: Vid, place: EventPlace, event: KeptEvent): void {
    const key = entryKey(vid, place);
    const { index } = place;
    this.#layers.putEntry(vid, key, withEvent(this.#bytes(key), { index, event }));
  }

  events(vid: Vid): readonly (readonly [EventPlace, KeptEvent])[] {
    this.#closeEntry();
    const prefix = entriesPrefix(vid);
    const keys = new Set(this.#layers.entryKeys(vid));
    for (const key of this.#root.getKeys({ start: prefix, end: `${prefix}~` })) keys.add(key);
    const found = [...keys].flatMap((key) => {
      const [source, entry] = key.slice(prefix.length).split(' ');
      return eventsIn(this.#bytes(key)).map(({ index, event }) => {
        const place = { source, entry: Number(entry), index } as EventPlace;
        return [place, event] as const;
      });
    });
    return found.sort(([a], [b]) => comparePlaces(a, b));
  }

  consent(vid: Vid): VehicleConsent | undefined {
    return atHand(
      this.#consents,
      vid,
      () => this.#get(consentKey(vid)) as VehicleConsent | undefined,
    );
  }

  putConsent(vid: Vid, consent: VehicleConsent): void {
    this.#consents.set(vid, consent);
    this.#layers.put(consentKey(vid), consent);
  }

  readingBefore(vid: Vid, order: string): ChainReading | undefined {
    return this.#readings.before(vid, order);
  }

  readingAfter(vid: Vid, order: string): ChainReading | undefined {
    return this.#readings.after(vid, order);
  }

  putReading(vid: Vid, order: string, reading: ChainReading): void {
    this.#readings.put(vid, order, reading);
  }

  removeReading(vid: Vid, order: string): void {
    this.#readings.remove(vid, order);
  }

  /** What was written last can be read from here on. */
  #closeEntry(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#layers.putEntry(open.vid, open.key, this.#entry.take());
  }

  /** Writes changes, of which undefined removes, and where they end, as one transaction. */
  async #write(
    changes: readonly (readonly [key: string, value: Value | undefined])[],
    { height, erased }: RangeEnd,
  ): Promise<void> {
    const unfinished = [...this.erased, ...erased];
    const destroying = erased.filter(({ readerKeys }) => readerKeys.length > 0);
    const newest = Math.max(this.erasedLast, ...destroying.map(({ block }) => block));
    await this.#root.batch(() => {
      for (const [key, value] of changes) {
        if (value === undefined) void this.#root.remove(key);
        else void this.#root.put(key, value instanceof Uint8Array ? asBinary(value) : value);
      }
      void this.#root.put('signals', signalTable);
      void this.#root.put('height', height);
      if (erased.length > 0) void this.#root.put('erased', unfinished);
      if (newest >= 0) void this.#root.put('erased last', newest);
    });
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
    return this.#layers.get(key) ?? (this.#root.get(key) as Value | undefined);
  }

  /** Bytes under a key; none where nothing is there. */
  #bytes(key: string): Uint8Array {
    this.#closeEntry();
    return (this.#layers.get(key) as Uint8Array | undefined) ?? this.#root.getBinary(key) ?? none;
  }
}

const none = new Uint8Array(0);

function openRoot(directory: string): Root {
  return open({
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

/** What is kept of a vehicle has its vid in front, so that it lies together: mostly in one page, which is written once. */
function entryKey(vid: Vid, { source, entry }: EventPlace): string {
  return `${entriesPrefix(vid)}${source} ${entry}`;
}

function entriesPrefix(vid: Vid): string {
  return `${vid} e `;
}

function sourceKey(source: string): string {
  return `k ${source}`;
}

function traitsKey(vid: Vid): string {
  return `${vid} t`;
}

function consentKey(vid: Vid): string {
  return `${vid} c`;
}
