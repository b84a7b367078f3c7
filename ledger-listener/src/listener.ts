import type { common } from '@hyperledger/fabric-protos';
import type { EventLog } from '@passport/event-log';
import { CellNames } from '@passport/model';
import { AppError, delayLimitMs, type Logger, type RetryPolicy, sleep } from '@passport/runtime';

import type { BlockSource } from './block-source.ts';
import { type Block, readBlock } from './blocks/block.ts';
import { Chain, type ChainTip } from './blocks/chain.ts';
import { type Cursor, readCursor } from './cursor.ts';
import { foldBlock } from './fold/block-fold.ts';
import type { Erased, FoldStore } from './fold/fold-store.ts';
import { ListenerHalted } from './listener-error.ts';
import { type MarketKeys, MarketOpener, type PreparedReader } from './opening/market-opener.ts';
import { Packer } from './pack/packer.ts';
import { ReadAhead } from './read-ahead.ts';
import { type FoldedRange, UnsettledRanges } from './unsettled-ranges.ts';
import type { Witness } from './witness.ts';

/** What a listener works with. */
export type ListenerOptions = {
  readonly blocks: BlockSource;
  readonly log: EventLog;
  readonly store: FoldStore;
  /** Name of the chaincode whose transactions are ours. */
  readonly chaincode: string;
  /** Blocks of an epoch: for ever the same. */
  readonly epochBlocks: number;
  /** The ledger that it has to be, where one is configured. */
  readonly ledger?: string;
  /** Who reads for the market; without it, nothing that is sealed is opened. For ever the same. */
  readonly market?: MarketKeys;
  /** A second peer's word on each block, where one is configured. */
  readonly witness?: Witness;
  /** Writes blocks from this one on to the log again. */
  readonly fromBlock?: number;
  readonly limits?: ListenerLimits;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Hears of each range that is in the log. */
  readonly onProgress?: (progress: ListenerProgress) => void;
};

/** How much is under way at once. */
export type ListenerLimits = {
  /** Blocks in one record. */
  readonly recordBlocksMax: number;
  /** A record ends with the block that brings it to so many events. */
  readonly recordEventsMax: number;
  /** Transactions of blocks that are read ahead, in bytes. */
  readonly aheadBytesMax: number;
  /** Ranges that are folded and not committed yet, of blocks that are there already. */
  readonly unsettledRangesMax: number;
  /** How the ledger is tried again when it cannot be reached. */
  readonly reconnect: RetryPolicy;
};

/** Where a listener is. */
export type ListenerProgress = {
  readonly ledger: string;
  readonly block: number;
  readonly ledgerTimeMs: number;
  /** Of this range. */
  readonly blocks: number;
  readonly events: number;
};

export const defaultListenerLimits: ListenerLimits = {
  recordBlocksMax: 64,
  recordEventsMax: 4_000,
  aheadBytesMax: 4 * 1024 ** 2,
  unsettledRangesMax: 2,
  reconnect: { attemptsMax: Number.MAX_SAFE_INTEGER, firstDelayMs: 100, longestDelayMs: 5_000 },
};

/**
 * Reads blocks and writes records until the signal aborts. It goes on where the log ends: a range is in
 * the log before the fold remembers it, so after a crash at any point the same records come again,
 * and consumers drop what they have. While the ledger or the log cannot be reached, it tries again.
 * Throws ListenerHalted, and what the log throws that trying again does not help.
 */
export async function listen(options: ListenerOptions, signal: AbortSignal): Promise<void> {
  const { logger, random, fromBlock, limits = defaultListenerLimits } = options;
  let failures = 0;
  let replayFrom = fromBlock;
  let replayTo = -1;
  while (!signal.aborted) {
    try {
      const run = await begin(options, limits, replayFrom);
      replayTo = Math.max(replayTo, run.logEnd);
      await run.follow(signal, (block) => {
        failures = 0;
        // A replay that is cut off goes on where it was, also before its first block.
        if (replayFrom === undefined) return;
        replayFrom = block < replayTo ? Math.max(replayFrom, block + 1) : undefined;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!isTemporary(error)) throw error;
      failures += 1;
      logger.warn({ event: 'listener.reconnecting', failures, error });
      await sleep(random() * delayLimitMs(limits.reconnect, failures), signal).catch(() => {});
    }
  }
}

/** The stream of blocks has broken. What it had said is good. */
class StreamBroken extends Error {}

function isTemporary(error: unknown): boolean {
  if (error instanceof StreamBroken) return true;
  return error instanceof AppError && error.code === 'LOG_UNAVAILABLE';
}

/** A run from what is durable: the end of the log, and the fold as it was committed. */
async function begin(
  options: ListenerOptions,
  limits: ListenerLimits,
  fromBlock: number | undefined,
): Promise<ListenerRun> {
  const { store, log, logger } = options;
  store.discard();
  await finishErasures(options);
  const end = await readCursor(log, options.epochBlocks);
  const cursor = rewound(end, fromBlock);
  const lowest = Math.min(...cursor.reached);
  const { height } = store;
  if (height === undefined || height.number > lowest) {
    // The fold is ahead of where the log is to go on, or of another version: it is made anew.
    if (height !== undefined) {
      logger.warn({ event: 'listener.fold_restarted', block: height.number, reached: lowest });
    }
    // From the first block on, the erased facts are left out of all of it, and there is nothing to take back.
    if (lowest >= 0 && lowest < store.erasedLast) throw replayErased(store.erasedLast);
    await store.clear();
  }
  return new ListenerRun(options, cursor, limits, Math.max(...end.reached));
}

/**
 * Ends what erasures have begun, once their facts are durable: of what was erased nothing is left in the
 * store, nor any key of the market that opens it. After a crash it is done again.
 */
async function finishErasures(
  { store, market, logger }: ListenerOptions,
  reader?: PreparedReader,
): Promise<void> {
  const { erased } = store;
  if (erased.length === 0) return;
  await store.compact();
  for (const { vid, readerKeys, at } of erased) {
    await market?.keys.destroy(vid, readerKeys, at);
    reader?.forget(vid);
  }
  await store.finishErased();
  logger.info({ event: 'listener.erased', erasures: erased.length });
}

/** A replay that would not be exact, and what to do in its place. */
function replayErased(block: number): ListenerHalted {
  const why = [
    'what an owner erased here was opened by keys that are destroyed, so it cannot be taken back again.',
    `Replay from block ${block + 1} on, or make log, archive and views anew from block 0 (--from-block 0)`,
  ].join(' ');
  return new ListenerHalted('REPLAY_ERASED', block, why);
}

function rewound(cursor: Cursor, fromBlock: number | undefined): Cursor {
  if (fromBlock === undefined) return cursor;
  return { ...cursor, reached: cursor.reached.map((last) => Math.min(last, fromBlock - 1)) };
}

/** What blocks came to, up to one that halts. */
type Range = {
  readonly events: number;
  readonly count: number;
  readonly erasures: readonly Erased[];
  readonly halted?: ListenerHalted;
};

function blockBytes(block: common.Block): number {
  let bytes = 1;
  for (const envelope of block.getData()?.getDataList_asU8() ?? []) bytes += envelope.length;
  return bytes;
}

class ListenerRun {
  /** The furthest block that the log had when the run began. */
  readonly logEnd: number;
  readonly #options: ListenerOptions;
  readonly #limits: ListenerLimits;
  readonly #cursor: Cursor;
  readonly #chain: Chain;
  readonly #names = new CellNames();
  #packer: Packer | undefined;
  #reader: PreparedReader | undefined;
  #ledgerTimeMs: number;
  readonly #unsettled: UnsettledRanges;

  constructor(options: ListenerOptions, cursor: Cursor, limits: ListenerLimits, logEnd: number) {
    this.logEnd = logEnd;
    this.#options = options;
    this.#cursor = cursor;
    this.#limits = limits;
    this.#unsettled = new UnsettledRanges(limits.unsettledRangesMax);
    const { height } = options.store;
    this.#chain = new Chain(height);
    this.#ledgerTimeMs = height?.ledgerTimeMs ?? 0;
    if (height === undefined) return;
    this.#requireOurs(height.ledger, height.number);
    this.#requireSame(height.number, height.hash);
    options.onProgress?.({ ...height, block: height.number, blocks: 0, events: 0 });
  }

  /** Follows one stream of blocks to its end. Hears of the last block of each range. */
  async follow(signal: AbortSignal, onRange: (block: number) => void): Promise<void> {
    const next = (this.#chain.tip?.number ?? -1) + 1;
    const { recordBlocksMax, aheadBytesMax } = this.#limits;
    const over = new AbortController();
    const stream = this.#options.blocks.read(next, AbortSignal.any([signal, over.signal]));
    const ahead = new ReadAhead(stream, aheadBytesMax, blockBytes);
    try {
      for (;;) {
        const taken = await ahead.take(recordBlocksMax).catch((error: unknown) => {
          throw new StreamBroken('the stream of blocks has broken', { cause: error });
        });
        if (taken === undefined) {
          if (signal.aborted) return;
          throw new StreamBroken('the stream of blocks has ended');
        }
        let rest: readonly common.Block[] = taken;
        while (rest.length > 0) {
          rest = rest.slice(await this.#takeRange(rest));
          const isLast = rest.length === 0 && ahead.isEmpty;
          if (isLast || this.#unsettled.isFull) onRange(await this.#settle());
        }
      }
    } finally {
      ahead.close();
      await this.#unsettled.over();
      over.abort(new Error('this run is over'));
    }
  }

  /**
   * Takes blocks until a record is full, and answers how many. Their records go to the log while the next range is
   * folded: {@link #settle} waits for them.
   */
  async #takeRange(blocks: readonly common.Block[]): Promise<number> {
    const { count, events, erasures, halted } = await this.#foldRange(blocks);
    const records = this.#packer?.takeRecords(this.#cursor.reached) ?? [];
    const appended = records.length > 0 ? this.#options.log.append(records) : Promise.resolve();
    if (halted !== undefined) {
      // What lies before a bad block is good, and in the log; of the fold's state nobody knows.
      const [ranges] = await Promise.all([this.#unsettled.inLog(), appended]);
      for (const range of ranges) this.#report(range);
      throw halted;
    }
    const { tip } = this.#chain;
    if (tip === undefined) throw new Error('a range of no blocks');
    const ledgerTimeMs = this.#ledgerTimeMs;
    this.#options.store.seal({ ...tip, ledgerTimeMs }, erasures);
    this.#unsettled.add({ appended, tip, ledgerTimeMs, blocks: count, events, erasures });
    // The log's connection and the stream of blocks have a turn.
    await new Promise((go) => setImmediate(go));
    return count;
  }

  /** Commits the fold up to the last range that was taken, once all are in the log; answers its last block. */
  async #settle(): Promise<number> {
    const ranges = await this.#unsettled.inLog();
    const last = ranges.at(-1);
    if (last === undefined) throw new Error('no range to commit');
    const { tip } = last;
    await this.#options.store.commit(tip.number);
    await finishErasures(this.#options, this.#reader);
    this.#unsettled.clear();
    for (const range of ranges) this.#report(range);
    return tip.number;
  }

  #report({ tip: { ledger, number: block }, ledgerTimeMs, blocks, events }: FoldedRange): void {
    this.#options.onProgress?.({ ledger, block, ledgerTimeMs, blocks, events });
  }

  async #foldRange(blocks: readonly common.Block[]): Promise<Range> {
    const { log, store, epochBlocks, chaincode } = this.#options;
    let events = 0;
    let count = 0;
    const erasures: Erased[] = [];
    for (const delivered of blocks) {
      try {
        const block = readBlock(delivered);
        const { ledger, hash } = await this.#verify(block);
        this.#packer ??= new Packer(ledger, log.partitions, epochBlocks);
        const folded = await foldBlock(block, this.#ledgerTimeMs, {
          chaincode,
          parts: this.#packer.parts,
          memory: store,
          names: this.#names,
          reader: this.#readerOf(ledger),
        });
        await this.#requireRetractable(folded.erasures);
        this.#ledgerTimeMs = folded.ledgerTimeMs;
        const { ledgerTimeMs } = folded;
        this.#packer.endBlock({ number: block.number, hash, ledgerTimeMs });
        events += folded.events;
        erasures.push(...folded.erasures);
        count += 1;
        const isEpochEnd = (block.number + 1) % epochBlocks === 0;
        if (isEpochEnd || events >= this.#limits.recordEventsMax) break;
      } catch (error) {
        if (error instanceof ListenerHalted) return { events, count, erasures, halted: error };
        throw error;
      }
    }
    return { events, count, erasures };
  }

  /** A store that was lost with its folder does not know that keys are destroyed: their ring does. */
  async #requireRetractable(erasures: readonly Erased[]): Promise<void> {
    const { reached } = this.#cursor;
    const lowest = Math.min(...reached);
    for (const { block, vid, readerKeys } of erasures) {
      if (lowest < 0 || block <= lowest || block > this.logEnd || readerKeys.length === 0) continue;
      const wasDestroyed = await this.#options.market?.keys.wasDestroyed(vid, readerKeys);
      if (wasDestroyed === true) throw replayErased(block);
    }
  }

  #readerOf(ledger: string): PreparedReader | undefined {
    const { market } = this.#options;
    if (market !== undefined) this.#reader ??= new MarketOpener({ ...market, ledger });
    return this.#reader;
  }

  async #verify(block: Block): Promise<ChainTip> {
    await this.#options.witness?.confirm(block).catch((error: unknown) => {
      if (error instanceof ListenerHalted) throw error;
      throw new StreamBroken("the second peer's stream has broken", { cause: error });
    });
    const tip = this.#chain.verify(block);
    if (tip.number === 0) this.#requireOurs(tip.ledger, 0);
    this.#requireSame(tip.number, tip.hash);
    return tip;
  }

  /** The log may have this block already: then it has to be the same. */
  #requireSame(number: number, hash: string): void {
    const known = this.#cursor.hashes.get(number);
    if (known === undefined || known === hash) return;
    const why = `it is ${hash}, and the log has ${known} at this height`;
    throw new ListenerHalted('LEDGER_FORKED', number, why);
  }

  #requireOurs(ledger: string, block: number): void {
    for (const expected of [this.#cursor.ledger, this.#options.ledger]) {
      if (expected === undefined || expected === ledger) continue;
      throw new ListenerHalted('LEDGER_FOREIGN', block, `it is of ${ledger}, not of ${expected}`);
    }
  }
}
