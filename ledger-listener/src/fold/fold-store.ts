import {
  type ChainReading,
  comparePlaces,
  type EventPlace,
  type Instant,
  type KeptEvent,
  type KeyId,
  type LogBookEntry,
  type SourceKind,
  type Vid,
  type VehicleConsent,
  type VehicleTraits,
} from '@passport/model';

import type { ChainTip } from '../blocks/chain.ts';
import { atHand } from './at-hand.ts';
import { chainNeedOf } from './chain-need.ts';
import {
  clearAllBut,
  copyAnew,
  type FoldDb,
  openFoldDb,
  readJson,
  type Write,
  writeAll,
} from './fold-db.ts';
import {
  consentKey,
  entriesPrefix,
  entryKey,
  knownKey,
  sourceKey,
  traitsKey,
} from './fold-keys.ts';
import { signalTable } from './kept-event.ts';
import type { PreparedMemory } from './prepared-memory.ts';
import { merged, RangeLayers, type SealedLayer } from './range-layers.ts';
import { EntryWriter, eventsIn, withEvent } from './stored-entry.ts';
import { VehicleReadings } from './vehicle-readings.ts';

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

/** Where a range ended. */
type RangeEnd = { readonly height: FoldHeight; readonly erased: readonly Erased[] };

/** An entry, and its key. */
type OpenEntry = Pick<EventPlace, 'source' | 'entry'> & { readonly vid: Vid; readonly key: string };

/**
 * The memory of the fold in a folder. What is put is seen at once, belongs to a range from {@link seal} on, and
 * outlives the process only from {@link commit} on, together with the height: meanwhile the fold goes on. One
 * process at a time.
 */
export class FoldStore implements PreparedMemory {
  readonly #directory: string;
  #db: FoldDb;
  /** Not committed yet. */
  readonly #layers = new RangeLayers<Value, RangeEnd>();
  /** How many of the sealed layers are being committed. */
  #committing = 0;
  #commit: Promise<void> = Promise.resolve();
  /** Keys of all entries of a vehicle that are stored, and true until something is. */
  #entryKeys = new Map<Vid, readonly string[]>();
  readonly #readings: VehicleReadings;
  /** As they are now; null where there is none. */
  readonly #sourceKinds = new Map<string, SourceKind | null>();
  readonly #traitsOf = new Map<Vid, VehicleTraits | null>();
  readonly #consents = new Map<Vid, VehicleConsent | null>();
  readonly #traits = new Map<string, VehicleTraits>();
  readonly #entry = new EntryWriter();
  /** The entry that is being written. */
  #open: OpenEntry | undefined;

  private constructor(directory: string, db: FoldDb) {
    this.#directory = directory;
    this.#db = db;
    this.#readings = new VehicleReadings({
      chunks: (range) => this.#db.iterator({ ...range, reverse: true }),
    });
  }

  /** Opens the store of a folder, which is made if need be. */
  static async open(directory: string): Promise<FoldStore> {
    return new FoldStore(directory, await openFoldDb(directory));
  }

  /** Up to where it is committed; undefined before the genesis block. */
  get height(): FoldHeight | undefined {
    // Another version of this program wrote it: what it has cannot be read, and is made again.
    if (readJson(this.#db, 'signals') !== signalTable) return undefined;
    return readJson(this.#db, 'height') as FoldHeight | undefined;
  }

  /** What was erased by committed blocks, and is not finished yet. */
  get erased(): readonly Erased[] {
    return (readJson(this.#db, ERASED) as readonly Erased[] | undefined) ?? [];
  }

  /** The newest block that had keys of the market destroyed; -1 where none had. A fold that is made anew keeps it. */
  get erasedLast(): number {
    return (readJson(this.#db, ERASED_LAST) as number | undefined) ?? -1;
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
    const commit = this.#commitRanges(ranges, last.end.height);
    this.#commit = commit.catch(() => {});
    await commit;
  }

  /** Forgets what is not committed. What is being committed stays: it is durable when that is. */
  discard(): void {
    this.#closeEntry();
    this.#layers.discard(this.#committing);
    this.#readings.discard(this.#committing);
    this.#entryKeys = new Map();
    this.#sourceKinds.clear();
    this.#traitsOf.clear();
    this.#consents.clear();
  }

  /**
   * Leaves nothing of what was removed, or changed, in any file. It takes as long as the store is large. Throws Error when
   * something is put and not committed.
   */
  async compact(): Promise<void> {
    this.#closeEntry();
    if (!this.#layers.isEmpty || !this.#readings.isStored) {
      throw new Error('it is compacted when all is committed');
    }
    this.#db = await copyAnew(this.#db, this.#directory);
  }

  /** Says that all that was erased is finished. */
  async finishErased(): Promise<void> {
    await writeAll(this.#db, [[ERASED, undefined]]);
  }

  /** Forgets everything, for a fold from the genesis block on. Throws Error during a commit. */
  async clear(): Promise<void> {
    if (this.#committing > 0) throw new Error('a commit is under way');
    this.discard();
    // Cut off, it has no height, and is cleared again.
    await writeAll(this.#db, [['height', undefined]]);
    // What is to be destroyed is so whatever becomes of the fold.
    await clearAllBut(this.#db, [ERASED, ERASED_LAST]);
  }

  /** What is being committed is so by then. */
  async close(): Promise<void> {
    await this.#commit;
    await this.#db.close();
  }

  prepare(vid: Vid, entry?: LogBookEntry): Promise<void> | undefined {
    this.#meet(vid);
    if (entry !== undefined) {
      const need = chainNeedOf(entry, this);
      return need && this.#readings.bring(vid, need);
    }
    const readings = this.#readings.bring(vid, { from: '', isInOrder: false });
    return readings ?? (this.#entryKeys.has(vid) ? undefined : this.#loadEntryKeys(vid));
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
      this.#meet(vid);
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
    const stored = this.#entryKeys.get(vid);
    if (stored === undefined) throw new Error(`entries of ${vid} are not at hand`);
    const keys = new Set([...stored, ...this.#layers.entryKeys(vid)]);
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

  async #commitRanges(
    ranges: readonly SealedLayer<Value, RangeEnd>[],
    height: FoldHeight,
  ): Promise<void> {
    try {
      const chunks = await this.#readings.writes(ranges.length);
      const erased = ranges.flatMap(({ end }) => end.erased);
      await writeAll(this.#db, [...merged(ranges), ...chunks, ...this.#endWrites(height, erased)]);
      this.#layers.drop(ranges.length);
      this.#readings.stored(ranges.length, NEWEST_MAX);
    } catch (error) {
      this.#readings.notStored();
      throw error;
    } finally {
      this.#committing = 0;
      this.#entryKeys = new Map();
    }
    if (this.#sourceKinds.size > KNOWN_MAX) this.#sourceKinds.clear();
    if (this.#traitsOf.size > KNOWN_MAX) this.#traitsOf.clear();
    if (this.#consents.size > CONSENTS_MAX) this.#consents.clear();
  }

  /** What is written of where ranges end. */
  #endWrites(height: FoldHeight, erased: readonly Erased[]): Write[] {
    const destroying = erased.filter(({ readerKeys }) => readerKeys.length > 0);
    const newest = Math.max(this.erasedLast, ...destroying.map(({ block }) => block));
    return [
      ['signals', signalTable],
      ['height', height],
      ...(erased.length > 0 ? [[ERASED, [...this.erased, ...erased]] as const] : []),
      ...(newest >= 0 ? [[ERASED_LAST, newest] as const] : []),
    ];
  }

  /** Of a vehicle that nothing was ever asked of there is nothing to read. */
  #meet(vid: Vid): void {
    if (this.#readings.knows(vid) || this.#get(knownKey(vid)) !== undefined) return;
    this.#layers.put(knownKey(vid), 1);
    this.#readings.begin(vid);
    this.#entryKeys.set(vid, []);
  }

  /** What is stored meanwhile makes them of no use. */
  async #loadEntryKeys(vid: Vid): Promise<void> {
    const known = this.#entryKeys;
    const prefix = entriesPrefix(vid);
    known.set(vid, await this.#db.keys({ gte: prefix, lt: `${prefix}~` }).all());
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
    return this.#layers.get(key) ?? (readJson(this.#db, key) as Value | undefined);
  }

  /** Bytes under a key; none where nothing is there. */
  #bytes(key: string): Uint8Array {
    this.#closeEntry();
    return (this.#layers.get(key) as Uint8Array | undefined) ?? this.#db.getSync(key) ?? none;
  }
}

const none = new Uint8Array(0);

/** What was erased and is not finished, and the newest block that had keys destroyed. */
const ERASED = 'erased';
const ERASED_LAST = 'erased last';
