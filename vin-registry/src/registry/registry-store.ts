import { type Instant, PassportError, type Vid } from '@passport/model';
import { keyIdOfTag, type OprfKeyId, type VinTag } from '@passport/privacy/oprf';
import { type Database, open } from 'lmdb';

import type { MatchRow } from './match-row.ts';

/** Far more than all cars of Europe: it is an address range, not a file size. */
const MAP_BYTES = 256 * 1024 ** 3;

/** Key of the block up to which erasures were looked at. */
const REACHED = 'erasures reached';

/** What a change leaves, and what it says of it. */
type Changed<T> = { readonly row: MatchRow; readonly answer: T };

/** What an owner had erased, and what became of it here. */
export type ErasedPerson = {
  readonly vid: Vid;
  readonly ownerEpoch: number;
  /** Links that were removed. */
  readonly removed: number;
  readonly at: Instant;
  /** Whether its certificate is where certificates come together. */
  readonly isCertified: boolean;
};

/**
 * The registry's table in a folder: tag to vid, vid to row. Changes happen one after the other, each
 * sees the ones before, and each is durable when it is answered. Nothing in it removes a tag. One
 * process at a time.
 */
export class RegistryStore {
  readonly #root: Database<string, string>;
  readonly #vids: Database<Vid, VinTag>;
  readonly #rows: Database<MatchRow, Vid>;
  readonly #erased: Database<ErasedPerson, string>;

  private constructor(
    root: Database<string, string>,
    vids: Database<Vid, VinTag>,
    rows: Database<MatchRow, Vid>,
    erased: Database<ErasedPerson, string>,
  ) {
    this.#root = root;
    this.#vids = vids;
    this.#rows = rows;
    this.#erased = erased;
  }

  /** Opens the table of a folder, which is made if need be. */
  static open(directory: string): RegistryStore {
    const root = open<string, string>({
      path: directory,
      mapSize: MAP_BYTES,
      maxDbs: 3,
      encoding: 'json',
      noSubdir: false,
    });
    return new RegistryStore(
      root,
      root.openDB<Vid, VinTag>({ name: 'vids', encoding: 'json' }),
      root.openDB<MatchRow, Vid>({ name: 'rows', encoding: 'json' }),
      root.openDB<ErasedPerson, string>({ name: 'erased', encoding: 'json' }),
    );
  }

  /**
   * Changes the rows of some vehicles together, or none when one throws. `change` gets a vehicle's
   * place in the list, and its row, if one of its tags has one. Throws PassportError `TAG_CONFLICT`
   * where the tags of one vehicle have different vids.
   */
  matchAll<T>(
    vehicles: readonly (readonly VinTag[])[],
    change: (row: MatchRow | undefined, index: number) => Changed<T>,
  ): Promise<T[]> {
    return this.#durably(() =>
      vehicles.map((tags, index) => {
        const { row, answer } = change(this.#rowOf(tags), index);
        this.#put(row);
        return answer;
      }),
    );
  }

  /** Changes the row of a vehicle. Throws PassportError `VEHICLE_UNKNOWN`. */
  change(vid: Vid, change: (row: MatchRow) => MatchRow): Promise<MatchRow> {
    return this.#durably(() => {
      const before = this.#rows.get(vid);
      if (before === undefined) throw new PassportError('VEHICLE_UNKNOWN', 'no tag has that vid');
      const after = change(before);
      this.#put(after);
      return after;
    });
  }

  /**
   * Removes what links a vehicle to a person, and notes it, once: the first note of an erasure stands. A vehicle
   * that is not here has nothing to remove.
   */
  erasePerson(
    of: Pick<ErasedPerson, 'vid' | 'ownerEpoch' | 'at'>,
    change: (row: MatchRow) => MatchRow,
  ): Promise<ErasedPerson> {
    return this.#durably(() => {
      const known = this.#erased.get(erasedKey(of));
      if (known !== undefined) return known;
      const before = this.#rows.get(of.vid);
      const after = before && change(before);
      if (after !== undefined) this.#put(after);
      const removed = (before?.commitments.length ?? 0) - (after?.commitments.length ?? 0);
      const noted = { ...of, removed, isCertified: false };
      void this.#erased.put(erasedKey(of), noted);
      return noted;
    });
  }

  /** Erasures whose certificates are still to be sent. */
  uncertified(): ErasedPerson[] {
    return [...this.#erased.getRange()].flatMap(({ value }) => (value.isCertified ? [] : [value]));
  }

  /** Notes that a certificate has come to where it belongs. */
  noteCertified(of: ErasedPerson): Promise<void> {
    return this.#durably(() => {
      void this.#erased.put(erasedKey(of), { ...of, isCertified: true });
    });
  }

  /** The block up to which erasures on the ledger were looked at; undefined before the first. */
  get erasuresReached(): number | undefined {
    const text = this.#root.get(REACHED);
    return text === undefined ? undefined : Number(text);
  }

  /** {@link erasuresReached} */
  noteErasuresReached(block: number): Promise<void> {
    return this.#durably(() => {
      void this.#root.put(REACHED, String(block));
    });
  }

  /** Rows in dispute, `limit` at most. */
  disputed(limit: number): MatchRow[] {
    const found: MatchRow[] = [];
    for (const { value } of this.#rows.getRange()) {
      if (value.state === 'disputed') found.push(value);
      if (found.length === limit) break;
    }
    return found;
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  #rowOf(tags: readonly VinTag[]): MatchRow | undefined {
    const vids = new Set(tags.map((tag) => this.#vids.get(tag)).filter((vid) => vid !== undefined));
    if (vids.size > 1) throw new PassportError('TAG_CONFLICT', 'they are of more than one vid');
    const [vid] = vids;
    const row = vid === undefined ? undefined : this.#rows.get(vid);
    if (vid !== undefined && row === undefined) throw new Error('a tag leads to no row');
    // One vehicle has one tag of a key: another one is of another VIN.
    const keys = new Map<OprfKeyId, VinTag>(row?.tags.map((tag) => [keyIdOfTag(tag), tag]));
    for (const tag of tags) {
      const key = keyIdOfTag(tag);
      if ((keys.get(key) ?? tag) !== tag) {
        throw new PassportError('TAG_CONFLICT', 'the vid has another tag of that key');
      }
      keys.set(key, tag);
    }
    return row;
  }

  #put(row: MatchRow): void {
    void this.#rows.put(row.vid, row);
    for (const tag of row.tags) {
      const before = this.#vids.get(tag);
      if (before === undefined) void this.#vids.put(tag, row.vid);
      else if (before !== row.vid) throw new Error('a tag would get a second vid');
    }
  }

  async #durably<T>(work: () => T): Promise<T> {
    // A plain transaction of lmdb keeps what was written before its callback threw.
    const answer = await this.#root.childTransaction(work);
    await this.#root.flushed;
    return answer;
  }
}

function erasedKey({ vid, ownerEpoch }: Pick<ErasedPerson, 'vid' | 'ownerEpoch'>): string {
  return `${vid} ${ownerEpoch}`;
}
