import type { common } from '@hyperledger/fabric-protos';

import { type Block, readBlock } from './blocks/block.ts';
import { Chain } from './blocks/chain.ts';
import type { Cursor } from './cursor.ts';
import { finishErasures, replayErased } from './erasures.ts';
import type { Erased, FoldHeight } from './fold/fold-store.ts';
import { ListenerHalted } from './listener-error.ts';
import type { ListenerLimits, ListenerOptions } from './listener-options.ts';
import { type FoldedRange, type RangeInLog, RangesUnderWay } from './ranges-under-way.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Folded } from './shares/folds.ts';

/** The stream of blocks has broken. What it had said is good. */
export class StreamBroken extends Error {}

/** The fold cannot go on from a block. What it made of those before, in the same range, is not in the log yet. */
export class HaltsAt extends Error {
  readonly halted: ListenerHalted;

  constructor(halted: ListenerHalted) {
    super(halted.message, { cause: halted });
    this.halted = halted;
  }
}

/** What is durable where a run begins. */
export type DurableState = {
  readonly cursor: Cursor;
  /** The furthest block that the log has. */
  readonly logEnd: number;
  /** Where the folds are; undefined of one that begins with the genesis block. */
  readonly heights: readonly (FoldHeight | undefined)[];
  /** What a run before has to halt with, at its block. */
  readonly halt: ListenerHalted | undefined;
};

/** One stream of blocks, from what is durable to its end. */
export class ListenerRun {
  readonly logEnd: number;
  readonly #options: ListenerOptions;
  readonly #limits: ListenerLimits;
  readonly #cursor: Cursor;
  /** Hashes of blocks that the log has, or a fold, hexadecimal. */
  readonly #hashes: ReadonlyMap<number, string>;
  readonly #chain: Chain;
  readonly #halt: ListenerHalted | undefined;
  readonly #over = new AbortController();
  readonly #underWay: RangesUnderWay;
  /** Where the log has refused a range, it may take none behind it. */
  #isLogSound = true;
  #onRange: (block: number) => void = () => {};

  /** Throws ListenerHalted where folds, log and configuration are not of one ledger. */
  constructor(
    options: ListenerOptions,
    { cursor, logEnd, heights, halt }: DurableState,
    limits: ListenerLimits,
  ) {
    this.logEnd = logEnd;
    this.#options = options;
    this.#limits = limits;
    this.#cursor = cursor;
    this.#halt = halt;
    this.#underWay = new RangesUnderWay(
      limits.rangesUnderWayMax,
      (ranges) => this.#commit(ranges),
      () => this.#end(),
    );
    const known = heights.filter((height) => height !== undefined);
    this.#hashes = new Map([
      ...known.map(({ number, hash }) => [number, hash] as const),
      ...cursor.hashes,
    ]);
    for (const { ledger, number, hash } of known) {
      this.#requireOurs(ledger, number);
      this.#requireSame(number, hash);
    }
    const [lowest] = known.length < heights.length ? [] : known.sort((a, b) => a.number - b.number);
    this.#chain = new Chain(lowest);
    if (lowest === undefined) return;
    options.onProgress?.({ ...lowest, block: lowest.number, blocks: 0, events: 0 });
  }

  /**
   * Follows the stream to its end. Hears of the last block of ranges that are durable. Throws StreamBroken,
   * ListenerHalted once all blocks before are in the log, HaltsAt, and what the log throws.
   */
  async follow(signal: AbortSignal, onRange: (block: number) => void): Promise<void> {
    this.#onRange = onRange;
    const next = (this.#chain.tip?.number ?? -1) + 1;
    const { recordBlocksMax, aheadBytesMax } = this.#limits;
    const stream = this.#options.blocks.read(next, AbortSignal.any([signal, this.#over.signal]));
    const ahead = new ReadAhead(stream, aheadBytesMax, blockBytes);
    try {
      for (;;) {
        const taken = await ahead.take(recordBlocksMax).catch((error: unknown) => {
          this.#underWay.throwFailure();
          throw new StreamBroken('the stream of blocks has broken', { cause: error });
        });
        this.#underWay.throwFailure();
        if (taken === undefined) {
          if (signal.aborted) return;
          throw new StreamBroken('the stream of blocks has ended');
        }
        let rest: readonly common.Block[] = taken;
        while (rest.length > 0) {
          const range = rest.slice(0, this.#rangeLength(rest));
          rest = rest.slice(range.length);
          await this.#start(range);
        }
      }
    } finally {
      ahead.close();
      await this.#underWay.over();
      this.#end();
    }
  }

  #end(): void {
    this.#over.abort(new Error('this run is over'));
  }

  /** How many blocks make a range: it ends where an epoch does, or where it is long enough. */
  #rangeLength(blocks: readonly common.Block[]): number {
    const { epochBlocks } = this.#options;
    let bytes = 0;
    const end = blocks.findIndex((block) => {
      bytes += blockBytes(block);
      const number = block.getHeader()?.getNumber() ?? -1;
      return (number + 1) % epochBlocks === 0 || bytes >= this.#limits.rangeBytesMax;
    });
    return end < 0 ? blocks.length : end + 1;
  }

  /** Begins a range. Where one of its blocks is bad, all before it is settled, and it throws. */
  async #start(range: readonly common.Block[]): Promise<void> {
    const verified: Block[] = [];
    let halted: ListenerHalted | undefined;
    for (const delivered of range) {
      try {
        const block = readBlock(delivered);
        await this.#verify(block);
        verified.push(block);
      } catch (error) {
        if (!(error instanceof ListenerHalted)) throw error;
        halted = error;
        break;
      }
    }
    const { tip } = this.#chain;
    if (verified.length > 0 && tip !== undefined) {
      await this.#underWay.room();
      const { reached } = this.#cursor;
      const folding = this.#options.folds.fold({ blocks: verified, tip, reached });
      const folded = this.#append(folding, this.#underWay.newest?.folded);
      this.#underWay.add({ tip, blocks: verified.length, folded });
    }
    if (halted === undefined) return;
    await this.#underWay.settled();
    throw halted;
  }

  /** Appends what is folded behind the range before; nothing where that one, or this one, cannot be. */
  async #append(
    folding: Promise<Folded>,
    before: Promise<FoldedRange> | undefined,
  ): Promise<FoldedRange> {
    folding.catch(() => {});
    await before;
    try {
      const { records, ...folded } = await folding;
      await this.#requireRetractable(folded.erasures);
      if (!this.#isLogSound) throw new Error('the range before is not in the log');
      const appended = records.length > 0 ? this.#options.log.append(records) : Promise.resolve();
      appended.catch(() => {
        this.#isLogSound = false;
      });
      return { ...folded, appended };
    } catch (error) {
      throw error instanceof ListenerHalted ? new HaltsAt(error) : error;
    }
  }

  /** Commits ranges that are in the log, and ends what erasures have begun. */
  async #commit(ranges: readonly RangeInLog[]): Promise<void> {
    const last = ranges.at(-1)?.tip.number;
    if (last === undefined) throw new Error('no range to commit');
    await this.#options.folds.commit(last);
    const erasures = ranges.flatMap(({ folded }) => folded.erasures);
    await finishErasures(this.#options, erasures);
    for (const { tip, blocks, folded } of ranges) {
      const { events, ledgerTimeMs } = folded;
      const { ledger, number: block } = tip;
      this.#options.onProgress?.({ ledger, block, ledgerTimeMs, blocks, events });
    }
    this.#onRange(last);
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

  async #verify(block: Block): Promise<void> {
    if (block.number === this.#halt?.block) throw this.#halt;
    await this.#options.witness?.confirm(block).catch((error: unknown) => {
      if (error instanceof ListenerHalted) throw error;
      throw new StreamBroken("the second peer's stream has broken", { cause: error });
    });
    const tip = this.#chain.verify(block);
    if (tip.number === 0) this.#requireOurs(tip.ledger, 0);
    this.#requireSame(tip.number, tip.hash);
  }

  /** The log may have this block already, or a fold: then it has to be the same. */
  #requireSame(number: number, hash: string): void {
    const known = this.#hashes.get(number);
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

/** At least one: a block that is empty takes room as well. */
function blockBytes(block: common.Block): number {
  let bytes = 1;
  for (const envelope of block.getData()?.getDataList_asU8() ?? []) bytes += envelope.length;
  return bytes;
}
