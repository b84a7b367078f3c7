import type { LogPosition } from '@passport/event-log';
import { z } from 'zod';

import type { ObjectStore } from '../object-store/object-store.ts';
import { isObjectExists } from '../object-store/object-store-error.ts';
import { putOnce } from '../object-store/put-once.ts';
import type { Watermark } from '../reader/view-archive.ts';

const PREFIX = 'watermark/';
const DIGITS = 15;
const EDITION_DIGITS = 6;

/** Old ones are of no use to anybody after a while. */
const KEPT = 64;

/** A watermark, with how the log goes on behind it. */
export type ArchivedUpTo = Watermark & {
  /** Of each partition: the record that has the watermark's block. */
  readonly positions: readonly LogPosition[];
};

const schema = z.object({
  ledger: z.string(),
  block: z.int(),
  // Watermarks of before there were editions have none.
  edition: z.int().nonnegative().default(0),
  hash: z.string(),
  ledgerTimeMs: z.int(),
  epochBlocks: z.int(),
  partitions: z.int(),
  definitions: z.int(),
  tables: z.record(z.string(), z.int()),
  positions: z.array(z.string()),
});

/**
 * The watermarks in an object store. Each is an object that never changes; the highest one counts, and of one
 * block the newest edition.
 */
export class Watermarks {
  readonly #store: ObjectStore;
  #known: ArchivedUpTo | undefined;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** The newest one that was seen so far. */
  get seen(): ArchivedUpTo | undefined {
    return this.#known;
  }

  /** The newest one; undefined before the first. */
  async newest(): Promise<ArchivedUpTo | undefined> {
    const after = this.#known === undefined ? undefined : keyOf(this.#known);
    const newer = (await this.#store.list(PREFIX, after)).at(-1);
    if (newer === undefined) return this.#known;
    const bytes = await this.#store.get(newer.key);
    if (bytes !== undefined) this.#known = read(bytes);
    return this.#known;
  }

  /** The one of a block; undefined where there was none, or it is forgotten. */
  async at(block: number): Promise<ArchivedUpTo | undefined> {
    const bytes = await this.#store.get(keyOf({ block, edition: 0 }));
    return bytes === undefined ? undefined : read(bytes);
  }

  /**
   * Moves on. What another run has moved to the same block stands: it is of the same ledger, and its
   * versions of the tables have the same rows.
   */
  async moveTo(watermark: ArchivedUpTo): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(watermark), 'utf8');
    try {
      await putOnce(this.#store, keyOf(watermark), bytes);
    } catch (error) {
      if (!isObjectExists(error)) throw error;
    }
  }

  /**
   * Has readers of a watermark go to newer versions of its tables, which have the same sums and no rows of
   * blocks behind it. Does nothing where they go there already. Answers the newest watermark there is then: who was
   * faster may have moved on, or published other versions.
   */
  async publish(
    watermark: ArchivedUpTo,
    tables: ArchivedUpTo['tables'],
  ): Promise<ArchivedUpTo | undefined> {
    const isThere = Object.entries(tables).every(
      ([name, version]) => watermark.tables[name] === version,
    );
    if (!isThere) await this.moveTo({ ...watermark, tables, edition: watermark.edition + 1 });
    return this.newest();
  }

  /** Deletes all but the newest ones. */
  async forgetOld(): Promise<void> {
    const keys = (await this.#store.list(PREFIX)).map(({ key }) => key);
    const old = keys.slice(0, Math.max(0, keys.length - KEPT));
    if (old.length > 0) await this.#store.delete(old);
  }
}

/** The underscore comes behind the dot: editions follow the first one, which has none in its name. */
function keyOf({ block, edition }: Pick<Watermark, 'block' | 'edition'>): string {
  const suffix = edition === 0 ? '' : `_${String(edition).padStart(EDITION_DIGITS, '0')}`;
  return `${PREFIX}${String(block).padStart(DIGITS, '0')}${suffix}.json`;
}

function read(bytes: Uint8Array): ArchivedUpTo {
  return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}
