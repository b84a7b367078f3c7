import { memoryOfMaps } from '@passport/model';
import fc from 'fast-check';
import { expect } from 'vitest';

import { FoldStore } from '../fold-store.ts';
import { type Change, everything, make, vids } from './random-changes.ts';

/** What is done with ranges. */
export const care = fc.oneof(
  { weight: 4, arbitrary: fc.constant('seal' as const) },
  // Ranges that are committed, of those that are sealed; the commit is waited for, or goes on.
  { weight: 2, arbitrary: fc.record({ commit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ begin: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.constantFrom('end' as const, 'turn' as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('discard' as const, 'reopen' as const, 'clear' as const),
  },
);
export type Care = typeof care extends fc.Arbitrary<infer Value> ? Value : never;

/** Where a range ends. */
export const height = { ledger: 'fabric:0', number: 7, hash: 'h', roots: {}, ledgerTimeMs: 1 };

/** A change, and the number of the entry that it writes, or changes. */
type Made = readonly [change: Change, entry: number];

/** A store beside one of maps, and what either of them has to have, by range. */
export class RangesBesideMaps {
  readonly directory: string;
  store: FoldStore;
  #maps = memoryOfMaps();
  #durable: Made[] = [];
  #sealed: { readonly number: number; readonly made: readonly Made[] }[] = [];
  #open: Made[] = [];
  /** Of those that are sealed so many are being committed. */
  #committing = 0;
  #commit = Promise.resolve();
  #height = -1;
  #number = 0;
  #entries = 0;

  private constructor(directory: string, store: FoldStore) {
    this.directory = directory;
    this.store = store;
  }

  static async open(directory: string): Promise<RangesBesideMaps> {
    return new RangesBesideMaps(directory, await FoldStore.open(directory));
  }

  async make(change: Change): Promise<void> {
    this.#entries += 1;
    await this.prepare();
    this.#open.push([change, this.#entries]);
    make(this.store, change, this.#entries);
    make(this.#maps, change, this.#entries);
  }

  /** Brings at hand all that there is: it is made, and looked at, at once. */
  async prepare(): Promise<void> {
    for (;;) {
      const reading = vids
        .map((vid) => this.store.prepare(vid))
        .filter((each) => each !== undefined);
      if (reading.length === 0) return;
      await Promise.all(reading);
    }
  }

  async care(care: Care): Promise<void> {
    if (care === 'seal') this.#seal();
    else if (care === 'turn') await new Promise((go) => setImmediate(go));
    else if (care === 'end') await this.#ended();
    else if (care === 'discard') this.#discard();
    else if (care === 'clear') await this.#clear();
    else if (care === 'reopen') await this.reopen();
    else if ('begin' in care) await this.#begin(care.begin);
    else {
      await this.#begin(care.commit);
      await this.#ended();
    }
  }

  /** All that the store has; its height only while that stays. */
  get found(): unknown {
    const { number } =
      this.#committing > 0 ? { number: 'moving' } : (this.store.height ?? { number: -1 });
    return { ...everything(this.store, this.#entries), number };
  }

  /** All that it has to have. */
  get wanted(): unknown {
    const number = this.#committing > 0 ? 'moving' : this.#height;
    return { ...everything(this.#maps, this.#entries), number };
  }

  /** What is being committed is so by then. */
  async reopen(): Promise<void> {
    await this.store.close();
    await this.#ended();
    this.store = await FoldStore.open(this.directory);
    this.#forget(this.#durable);
  }

  #seal(): void {
    this.#number += 1;
    this.store.seal({ ...height, number: this.#number });
    this.#sealed.push({ number: this.#number, made: this.#open });
    this.#open = [];
  }

  /** Begins to commit so many ranges, or as many as there are. */
  async #begin(ranges: number): Promise<void> {
    await this.#ended();
    const { store } = this;
    const chosen = this.#sealed.slice(0, ranges);
    const last = chosen.at(-1);
    if (last === undefined) {
      await expectRefused(store.commit(this.#number), 'no range');
      return;
    }
    this.#committing = chosen.length;
    this.#commit = store.commit(last.number);
    const [again, compact, clear] = [store.commit(last.number), store.compact(), store.clear()];
    await expectRefused(again, 'another commit');
    await expectRefused(compact, 'all is committed');
    await expectRefused(clear, 'a commit is under way');
  }

  async #ended(): Promise<void> {
    await this.#commit;
    const committed = this.#sealed.splice(0, this.#committing);
    this.#committing = 0;
    this.#durable.push(...committed.flatMap(({ made }) => made));
    this.#height = committed.at(-1)?.number ?? this.#height;
  }

  #discard(): void {
    this.store.discard();
    const kept = this.#sealed.slice(0, this.#committing);
    this.#forget([...this.#durable, ...kept.flatMap(({ made }) => made)]);
    this.#sealed = kept;
  }

  async #clear(): Promise<void> {
    await this.#ended();
    await this.store.clear();
    this.#durable = [];
    this.#height = -1;
    this.#forget([]);
  }

  #forget(kept: readonly Made[]): void {
    this.#sealed = [];
    this.#open = [];
    this.#maps = memoryOfMaps();
    for (const [change, entry] of kept) make(this.#maps, change, entry);
  }
}

async function expectRefused(call: Promise<void>, why: string): Promise<void> {
  await expect(call).rejects.toThrow(why);
}
