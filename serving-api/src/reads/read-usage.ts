import { OWNER_READS, PassportError, type ReadInput, type Vid } from '@passport/model';

import type { Flusher } from './flusher.ts';
import type { ReadJournal } from './read-journal.ts';
import type { ReadLedger } from './read-ledger.ts';

/** What queries are counted with. */
export type ReadUsageOptions = {
  readonly journal: ReadJournal;
  readonly flusher: Pick<Flusher, 'whileSettled'>;
  readonly ledger: Pick<ReadLedger, 'count'>;
  readonly now: () => Date;
  /** After so long the ledger is asked again: other servers record reads, too. Milliseconds. */
  readonly countAgeMsMax: number;
};

/** Vehicles whose counts are kept. */
const VEHICLES_MAX = 10_000;

type Counts = {
  readonly countedMs: number;
  readonly ownerEpoch: number;
  /** By grant. */
  readonly queries: Map<string, number>;
};

/**
 * How many queries each grant that counts them was used for: those on the ledger, those in the journal, and those
 * that this server has taken since. {@link load} may wait; {@link used} and {@link take} do not, so that
 * between them nobody else takes the last one.
 */
export class ReadUsage {
  readonly #options: ReadUsageOptions;
  /** In the order of their last count. */
  readonly #counts = new Map<Vid, Counts>();
  readonly #loading = new Map<Vid, Promise<void>>();

  constructor(options: ReadUsageOptions) {
    this.#options = options;
  }

  /** Counts the queries of a vehicle, unless it did lately. Throws PassportError `NOT_READY`. */
  async load(vid: Vid): Promise<void> {
    const { now, countAgeMsMax } = this.#options;
    const known = this.#counts.get(vid);
    if (known !== undefined && now().getTime() - known.countedMs < countAgeMsMax) return;
    const under = this.#loading.get(vid);
    if (under !== undefined) return under;
    const loading = this.#load(vid).finally(() => this.#loading.delete(vid));
    this.#loading.set(vid, loading);
    await loading;
  }

  /** How many queries a grant was used for. Throws PassportError `NOT_READY` where it is not known. */
  used(vid: Vid, ownerEpoch: number, grantId: string): number {
    return this.#of(vid, ownerEpoch).queries.get(grantId) ?? 0;
  }

  /** Takes a query; whoever does appends it to the journal in the same turn. As {@link used}. */
  take(vid: Vid, ownerEpoch: number, grantId: string): void {
    const { queries } = this.#of(vid, ownerEpoch);
    queries.set(grantId, (queries.get(grantId) ?? 0) + 1);
  }

  async #load(vid: Vid): Promise<void> {
    const { flusher, ledger, journal, now } = this.#options;
    await flusher.whileSettled(async () => {
      const { ownerEpoch, queries } = await ledger.count(vid);
      const counted = new Map(Object.entries(queries));
      // Without waiting: what is taken from here on is taken from these counts.
      for (const [grantId, names] of queriesOf(journal.waitingOf(vid), ownerEpoch)) {
        counted.set(grantId, (counted.get(grantId) ?? 0) + names.size);
      }
      this.#counts.delete(vid);
      this.#counts.set(vid, { countedMs: now().getTime(), ownerEpoch, queries: counted });
      const [oldest] = this.#counts.keys();
      if (this.#counts.size > VEHICLES_MAX && oldest !== undefined) this.#counts.delete(oldest);
    });
  }

  #of(vid: Vid, ownerEpoch: number): Counts {
    const counts = this.#counts.get(vid);
    // The ledger may be a block ahead of the answer, or behind it.
    if (counts?.ownerEpoch === ownerEpoch) return counts;
    this.#counts.delete(vid);
    throw new PassportError('NOT_READY', 'it is not known yet how many queries there were');
  }
}

function queriesOf(reads: readonly ReadInput[], ownerEpoch: number): Map<string, Set<string>> {
  const queries = new Map<string, Set<string>>();
  for (const { ownerEpoch: epoch, grantId, query } of reads) {
    if (epoch !== ownerEpoch || grantId === OWNER_READS) continue;
    const names = queries.get(grantId);
    if (names === undefined) queries.set(grantId, new Set([query]));
    else names.add(query);
  }
  return queries;
}
