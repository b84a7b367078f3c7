import { CellNames, type Vid } from '@passport/model';

import { foldBlock } from '../fold/block-fold.ts';
import { isOfShare } from '../fold/fold-share.ts';
import type { Erased, FoldStore } from '../fold/fold-store.ts';
import { ListenerHalted } from '../listener-error.ts';
import { MarketOpener } from '../opening/market-opener.ts';
import { Packer } from '../pack/packer.ts';
import type {
  FoldedShare,
  FoldReader,
  FoldTask,
  ShareFold,
  ShareOptions,
  ShareState,
} from './share-fold.ts';

/** More than any block's number: such a partition is written by another share. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** The fold of a share in this thread. It closes its store. */
export class LocalFold implements ShareFold {
  readonly #store: FoldStore;
  readonly #options: ShareOptions;
  readonly #market: FoldReader | undefined;
  readonly #names: CellNames;
  #reader: MarketOpener | undefined;
  #packer: Packer | undefined;
  /** The last block that is folded, and the ledger's time there. */
  #folded = -1;
  #ledgerTimeMs = 0;
  /** The last call, which the next one waits for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: FoldStore, options: ShareOptions, market?: FoldReader) {
    this.#store = store;
    this.#options = options;
    this.#market = market;
    this.#names = new CellNames(options.share.of);
  }

  begin(): Promise<ShareState> {
    return this.#inTurn(async () => {
      this.#store.discard();
      this.#reader = undefined;
      this.#packer = undefined;
      const { height, erased, erasedLast } = this.#store;
      this.#goTo(height?.number, height?.ledgerTimeMs);
      return { height, erased, erasedLast };
    });
  }

  clear(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.clear();
      this.#goTo();
    });
  }

  fold(task: FoldTask): Promise<FoldedShare> {
    return this.#inTurn(async () => {
      // The log's connection, the stream of blocks and other threads have a turn.
      await new Promise((go) => setImmediate(go));
      return this.#fold(task);
    });
  }

  async commit(block: number): Promise<void> {
    const { height } = this.#store;
    if (height === undefined || height.number < block) await this.#store.commit(block);
  }

  compact(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#store.erased.length > 0) await this.#store.compact();
    });
  }

  async forget(vid: Vid): Promise<void> {
    this.#reader?.forget(vid);
  }

  finishErased(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#store.erased.length > 0) await this.#store.finishErased();
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#store.close());
  }

  async #fold({ blocks, tip, reached }: FoldTask): Promise<FoldedShare> {
    const { share, chaincode } = this.#options;
    const packer = (this.#packer ??= new Packer(tip.ledger, this.#options));
    const erasures: Erased[] = [];
    let events = 0;
    const reader = this.#readerOf(tip.ledger);
    const memory = { memory: this.#store, names: this.#names, reader };
    const how = { share, chaincode, parts: packer.parts, ...memory };
    try {
      const behind = blocks.filter(({ number }) => number > this.#folded);
      for (const block of behind) {
        const { number, hash } = block;
        const folded = await foldBlock(block, this.#ledgerTimeMs, how);
        const { ledgerTimeMs } = folded;
        this.#goTo(number, ledgerTimeMs);
        packer.endBlock({ number, hash: hash.toString('hex'), ledgerTimeMs });
        events += folded.events;
        erasures.push(...folded.erasures);
      }
      const own = reached.map((last, partition) => (isOfShare(share, partition) ? last : NEVER));
      const records = packer.takeRecords(own);
      const ledgerTimeMs = this.#ledgerTimeMs;
      if (behind.length > 0) this.#store.seal({ ...tip, ledgerTimeMs }, erasures);
      return { records, events, ledgerTimeMs, erasures };
    } catch (error) {
      if (!(error instanceof ListenerHalted)) throw error;
      const { code, block, why } = error;
      const nothing = { records: [], events: 0, ledgerTimeMs: this.#ledgerTimeMs, erasures: [] };
      return { ...nothing, halt: { code, block, why } };
    }
  }

  #goTo(block = -1, ledgerTimeMs = 0): void {
    this.#folded = block;
    this.#ledgerTimeMs = ledgerTimeMs;
  }

  #readerOf(ledger: string): MarketOpener | undefined {
    if (this.#market !== undefined) this.#reader ??= new MarketOpener({ ...this.#market, ledger });
    return this.#reader;
  }

  /** Begins when the calls before have ended, whatever came of them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
