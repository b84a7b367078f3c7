import { join } from 'node:path';

import { type EventLog, RECORD_BYTES_MAX } from '@passport/event-log';
import { createLogger } from '@passport/runtime';

import type { BlockSource } from '../block-source.ts';
import { wholeFold } from '../fold/fold-share.ts';
import { FoldStore } from '../fold/fold-store.ts';
import { defaultListenerLimits, type ListenerOptions } from '../listener-options.ts';
import { listen } from '../listener.ts';
import { Folds } from '../shares/folds.ts';
import { LocalFold } from '../shares/local-fold.ts';

const WAIT_MS = 15_000;

/** What a test says of a listener; the rest is as in production. */
export type ListeningOptions = Pick<ListenerOptions, 'blocks' | 'log'> &
  Partial<ListenerOptions> & {
    /** Of the fold. */
    readonly directory: string;
    /** Its store, where the test has opened it; it is closed with the listener. */
    readonly store?: FoldStore;
    /** Shares of the partitions that are folded each by itself, all in this thread; two, or one where there is a store. */
    readonly shares?: number;
  };

const CHAINCODE = 'passport';
const EPOCH_BLOCKS = 8;
const SHARES = 2;

/** A listener that runs in this process. */
export class Listening {
  /** Lines of its log. */
  readonly said: string[] = [];
  readonly #over = new AbortController();
  readonly #folds: Promise<Folds>;
  readonly #ended: Promise<unknown>;
  #block = -1;
  #hasEnded = false;
  #wake: () => void = () => {};

  constructor({ directory, store, ...options }: ListeningOptions) {
    const { shares = store === undefined ? SHARES : 1 } = options;
    const epochBlocks = options.epochBlocks ?? EPOCH_BLOCKS;
    const { partitions } = options.log;
    const recordBytesMax = RECORD_BYTES_MAX;
    const made = { chaincode: CHAINCODE, partitions, epochBlocks, recordBytesMax };
    const opened = async (index: number): Promise<LocalFold> => {
      const share = shares === 1 ? wholeFold : { index, of: shares };
      const path = shares === 1 ? directory : join(directory, String(index));
      const opens = store ?? (await FoldStore.open(path));
      return new LocalFold(opens, { ...made, share }, options.market);
    };
    const folds = Array.from({ length: shares }, (_, index) => opened(index));
    this.#folds = Promise.all(folds).then((all) => new Folds(all));
    const destination = { write: (line: string): void => void this.said.push(line) };
    const running = this.#listen({
      epochBlocks,
      logger: createLogger({ name: 'listener', level: 'warn', destination }),
      random: () => 0.5,
      limits: { ...defaultListenerLimits, reconnect: reconnectFast },
      ...options,
      onProgress: ({ block }) => {
        this.#block = block;
        this.#wake();
      },
    });
    const noteEnd = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    this.#ended = running.then(
      () => undefined,
      (error: unknown) => error,
    );
    void this.#ended.then(noteEnd);
  }

  async #listen(options: Omit<ListenerOptions, 'folds'>): Promise<void> {
    await listen({ ...options, folds: await this.#folds }, this.#over.signal);
  }

  /** Resolves when a block is in the log; rejects when the listener has ended before. */
  async reached(block: number): Promise<void> {
    const late = new Promise<never>((_, fail) => {
      setTimeout(() => fail(new Error(`at ${this.#block}, not at ${block}`)), WAIT_MS).unref();
    });
    while (this.#block < block) {
      if (this.#hasEnded) throw new Error(`ended at ${this.#block}`, { cause: await this.#ended });
      const moved = new Promise<void>((wake) => {
        this.#wake = wake;
      });
      await Promise.race([moved, late]);
    }
  }

  /** Stops it in order. Throws what it threw. */
  async stop(): Promise<void> {
    const error = await this.halted();
    if (error !== undefined) throw new Error('the listener has ended', { cause: error });
  }

  /** What it has halted with; stops it when it has not, and answers undefined then. */
  async halted(waits = false): Promise<unknown> {
    if (!waits) this.#over.abort(new Error('the test is over'));
    const error = await this.#ended;
    const folds = await this.#folds;
    await folds.close();
    return error;
  }
}

const reconnectFast = { attemptsMax: 1_000, firstDelayMs: 10, longestDelayMs: 200 };

/** Runs a listener until it has written a block, then stops it. */
export async function listenTo(
  block: number,
  options: ListeningOptions & { readonly blocks: BlockSource; readonly log: EventLog },
): Promise<Listening> {
  const listening = new Listening(options);
  try {
    await listening.reached(block);
  } finally {
    await listening.stop();
  }
  return listening;
}
