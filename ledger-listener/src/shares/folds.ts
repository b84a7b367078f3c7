import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { RECORD_BYTES_MAX } from '@passport/event-log';
import type { Vid } from '@passport/model';

import { type Erased, type FoldHeight, FoldStore } from '../fold/fold-store.ts';
import { ListenerHalted } from '../listener-error.ts';
import { openFoldThread } from './fold-thread.ts';
import { LocalFold } from './local-fold.ts';
import type { FoldedShare, FoldReader, FoldTask, ShareFold, ShareOptions } from './share-fold.ts';

/** How many shares there may be. */
export const FOLDS_MAX = 16;

/** Where the folds of all shares are. */
export type FoldsState = {
  /** Of each share, in their order; undefined before the genesis block. */
  readonly heights: readonly (FoldHeight | undefined)[];
  /** What was erased and is not finished yet. */
  readonly erased: readonly Erased[];
  /** The newest block that had keys of the market destroyed; -1 where none had. */
  readonly erasedLast: number;
};

/** What a range came to, all shares together. */
export type Folded = Omit<FoldedShare, 'halt'>;

/** How folds are opened. */
export type FoldsOptions = Omit<ShareOptions, 'share' | 'recordBytesMax'> & {
  /** So many, each with a share of the partitions; the first in this thread. With another number all is folded again. */
  readonly folds: number;
  /** Who reads for the market; without it, nothing that is sealed is opened. For ever the same. */
  readonly market?: FoldReader | undefined;
};

/** The folds of all shares, as one: what one of them has to halt at halts all. */
export class Folds {
  readonly #shares: readonly ShareFold[];

  constructor(shares: readonly ShareFold[]) {
    this.#shares = shares;
  }

  /** Opens them in a folder, which is made if need be. States of another number of folds are removed. */
  static async open(
    directory: string,
    { folds, market, ...options }: FoldsOptions,
  ): Promise<Folds> {
    const names = namesOf(folds);
    await mkdir(directory, { recursive: true });
    for (const found of await readdir(directory)) {
      if (!/^fold(-\d+-of-\d+)?$/.test(found) || names.includes(found)) continue;
      await rm(join(directory, found), { recursive: true });
    }
    const shares = names.map(async (name, index): Promise<ShareFold> => {
      const share = { index, of: folds };
      const made = { ...options, recordBytesMax: RECORD_BYTES_MAX, share };
      const path = join(directory, name);
      // This thread has time for one of them: another thread would take tens of megabytes more.
      if (index === 0) return new LocalFold(await FoldStore.open(path), made, market);
      return openFoldThread(path, made, market);
    });
    return new Folds(await Promise.all(shares));
  }

  /** Forgets what is folded and not committed. */
  async begin(): Promise<FoldsState> {
    const states = await this.#all((share) => share.begin());
    return {
      heights: states.map(({ height }) => height),
      erased: states.flatMap(({ erased }) => erased),
      erasedLast: Math.max(...states.map(({ erasedLast }) => erasedLast)),
    };
  }

  /** Has one share be folded from the genesis block on. */
  async clear(share: number): Promise<void> {
    await this.#shares[share]?.clear();
  }

  /** Folds a range. Throws the first ListenerHalted of all shares, by block. */
  async fold(task: FoldTask): Promise<Folded> {
    const shares = await this.#all((share) => share.fold(task));
    const halts = shares.map(({ halt }) => halt).filter((halt) => halt !== undefined);
    const [first] = halts.sort((a, b) => a.block - b.block);
    if (first !== undefined) throw new ListenerHalted(first.code, first.block, first.why);
    return {
      records: shares.flatMap(({ records }) => records),
      events: Math.max(...shares.map(({ events }) => events)),
      ledgerTimeMs: Math.max(...shares.map(({ ledgerTimeMs }) => ledgerTimeMs)),
      erasures: shares.flatMap(({ erasures }) => erasures),
    };
  }

  /** Makes durable what is folded up to the last block of a range; folding goes on meanwhile. */
  async commit(block: number): Promise<void> {
    await this.#all((share) => share.commit(block));
  }

  /** Leaves nothing of what was erased in their files; all has to be committed. */
  async compact(): Promise<void> {
    await this.#all((share) => share.compact());
  }

  /** Forgets keys that were found for a vehicle. */
  async forget(vid: Vid): Promise<void> {
    await this.#all((share) => share.forget(vid));
  }

  /** Says that all that was erased is finished. */
  async finishErased(): Promise<void> {
    await this.#all((share) => share.finishErased());
  }

  async close(): Promise<void> {
    await this.#all((share) => share.close());
  }

  /** Answers of all shares, once all have ended. Throws the first failure. */
  async #all<T>(call: (share: ShareFold) => Promise<T>): Promise<T[]> {
    const calls = this.#shares.map(call);
    await Promise.allSettled(calls);
    return Promise.all(calls);
  }
}

/** Folders of the states; that of one fold by itself is as it was before there were several. */
function namesOf(folds: number): string[] {
  if (folds === 1) return ['fold'];
  return Array.from({ length: folds }, (_, index) => `fold-${index + 1}-of-${folds}`);
}
