import type { ReleaseArchive, Watermark } from '@passport/batch-layer';
import {
  type AnswerTable,
  type ExactAt,
  instantOf,
  isReleasedViewName,
  PassportError,
  type ProductDescriptor,
  type ReleasedViewName,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import { Fence } from './fence.ts';
import type { SqlLimits } from './limits.ts';
import { tableOf } from './released-tables.ts';

/** What SQL is answered from. */
export type SqlDeskOptions = {
  readonly archive: ReleaseArchive;
  readonly logger: Logger;
  readonly limits: SqlLimits;
  /** Pause between two looks at the watermark, milliseconds. */
  readonly pollMs: number;
};

/** A statement over the tables of a product, as of the newest watermark or an older one. */
export type SqlQuestion = {
  readonly sql: string;
  readonly descriptor: Pick<ProductDescriptor, 'answers' | 'views'>;
  readonly atBlock?: number | undefined;
};

/** The answer: where it is exact, and the table. */
export type SqlAnswer = { readonly head: ExactAt; readonly table: AnswerTable };

/** Tables that a product is queried by; none where it is not sold by SQL. */
export function sqlTables({ answers, views }: SqlQuestion['descriptor']): readonly string[] {
  if (!answers.includes('sql')) return [];
  return views.filter((view): view is ReleasedViewName => isReleasedViewName(view)).map(tableOf);
}

/** A fence that is lent out, and given back. */
type Slot = { fence: Fence; isBusy: boolean };

type Waiting = { readonly lend: (slot: Slot) => void; readonly fail: (error: Error) => void };

/** Answers SQL from processes of its own, each lent to one statement at a time. */
export class SqlDesk {
  readonly #options: SqlDeskOptions;
  readonly #slots: readonly Slot[];
  readonly #waiting: Waiting[] = [];
  #newest: Watermark | undefined;
  #isClosed = false;

  constructor(options: SqlDeskOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.limits.workers }, () => ({
      fence: new Fence(options.limits),
      isBusy: false,
    }));
  }

  /** Rows that an answer has at most. */
  get rowsMax(): number {
    return this.#options.limits.rowsMax;
  }

  /** The newest watermark that all of it has been told of. */
  get at(): Watermark | undefined {
    return this.#newest;
  }

  /** The newest block that all processes can answer at which answer at all. */
  get loaded(): number | undefined {
    const blocks = this.#slots.filter(isUsable).map(({ fence }) => fence.at?.block ?? 0);
    return blocks.length === 0 ? this.#newest?.block : Math.min(...blocks);
  }

  /**
   * Answers a statement. Throws PassportError `NOT_READY` before the first release, `BLOCK_NOT_HELD`,
   * `SQL_BUSY`, `SQL_TABLE_REFUSED` of a product that is not sold by SQL, and whatever {@link Fence.ask}
   * throws.
   */
  async answer({ sql, descriptor, atBlock }: SqlQuestion): Promise<SqlAnswer> {
    const tables = sqlTables(descriptor);
    if (tables.length === 0) {
      throw new PassportError('SQL_TABLE_REFUSED', 'the product has no tables');
    }
    if (sql.length > this.#options.limits.charactersMax) {
      const { charactersMax } = this.#options.limits;
      throw new PassportError('SQL_TOO_LARGE', `a statement has ${charactersMax} characters`);
    }
    const slot = await this.#lease();
    try {
      const at = await this.#watermarkAt(slot, atBlock);
      const { columns, rows } = await slot.fence.ask({ sql, tables, block: at.block });
      const told = columns.map((column, place) => ({
        ...{ ...column, unit: null, means: `column ${place + 1} of the statement` },
      }));
      return { head: headOf(at), table: { columns: told, rows } };
    } finally {
      this.#giveBack(slot);
    }
  }

  /** Loads what was released since into what is free; answers whether all of it has the newest. */
  async advance(): Promise<boolean> {
    const at = await this.#options.archive.watermark();
    if (at === undefined) return false;
    this.#newest = at;
    const free = this.#slots.filter((slot) => !slot.isBusy && this.#isBehind(slot));
    await Promise.all(
      free.map(async (slot) => {
        slot.isBusy = true;
        await this.#bringUp(slot);
      }),
    );
    return this.#slots.every((slot) => !this.#isBehind(slot));
  }

  /** Follows the watermark until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { logger, pollMs } = this.#options;
    while (!signal.aborted) {
      try {
        await this.advance();
      } catch (error) {
        // The store may be away for a while; what is there is answered from meanwhile.
        logger.warn({ event: 'serving.sql_not_moving', error });
      }
      await sleep(pollMs, signal).catch(() => {});
    }
  }

  /** Ends all processes; who waits hears `NOT_READY`. */
  close(): void {
    this.#isClosed = true;
    for (const { fence } of this.#slots) fence.kill();
    this.#sendAway();
  }

  #lease(): Promise<Slot> {
    const free = this.#slots.find((slot) => !slot.isBusy && isUsable(slot));
    if (free !== undefined) {
      free.isBusy = true;
      return Promise.resolve(free);
    }
    if (this.#newest === undefined || this.#isClosed) {
      return Promise.reject(new PassportError('NOT_READY', 'nothing was released yet'));
    }
    const { waitingMax } = this.#options.limits;
    if (this.#waiting.length >= waitingMax) {
      return Promise.reject(new PassportError('SQL_BUSY', `${waitingMax} wait already`));
    }
    return new Promise((lend, fail) => {
      this.#waiting.push({ lend, fail });
    });
  }

  /** Brings a fence up to date before it is lent again: under load, nothing else would. */
  #giveBack(slot: Slot): void {
    if (isUsable(slot) && !this.#isBehind(slot)) {
      this.#lend(slot);
      return;
    }
    this.#bringUp(slot).catch((error: unknown) => {
      this.#options.logger.warn({ event: 'serving.sql_not_moving', error });
    });
  }

  /** Loads the newest into a fence that nobody else has, a new one where it is over; and lends it on. */
  async #bringUp(slot: Slot): Promise<void> {
    const { archive, limits } = this.#options;
    try {
      const at = this.#newest;
      if (at === undefined || this.#isClosed) return;
      const isOther = slot.fence.at !== undefined && slot.fence.at.ledger !== at.ledger;
      if (slot.fence.isOver || isOther) {
        slot.fence.kill();
        slot.fence = new Fence(limits);
      }
      await slot.fence.load(archive, at);
    } catch (error) {
      // Half of it may be there: it starts anew.
      slot.fence.kill();
      throw error;
    } finally {
      this.#lend(slot);
    }
  }

  #lend(slot: Slot): void {
    const next = isUsable(slot) ? this.#waiting.shift() : undefined;
    if (next === undefined) slot.isBusy = false;
    else next.lend(slot);
    // Nobody will come back for those who wait: they ask again when there is something.
    if (this.#slots.every((one) => !one.isBusy && !isUsable(one))) this.#sendAway();
  }

  #sendAway(): void {
    for (const { fail } of this.#waiting.splice(0)) {
      fail(new PassportError('NOT_READY', 'the processes of SQL are away'));
    }
  }

  #isBehind({ fence }: Slot): boolean {
    const { at, isOver } = fence;
    const newest = this.#newest;
    if (newest === undefined) return false;
    return isOver || at === undefined || at.ledger !== newest.ledger || at.block < newest.block;
  }

  async #watermarkAt({ fence }: Slot, block: number | undefined): Promise<Watermark> {
    const { at } = fence;
    if (at === undefined) throw new PassportError('NOT_READY', 'nothing was released yet');
    if (block === undefined || block === at.block) return at;
    const older = block < at.block ? await this.#options.archive.watermarkAt(block) : undefined;
    if (older !== undefined && older.ledger === at.ledger) return older;
    const why = `releases are at the ends of epochs of ${at.epochBlocks} blocks`;
    throw new PassportError('BLOCK_NOT_HELD', `${why}, up to ${at.block}`);
  }
}

function isUsable({ fence }: Slot): boolean {
  return !fence.isOver && fence.at !== undefined;
}

function headOf({ ledger, block, hash, ledgerTimeMs }: Watermark): ExactAt {
  return {
    ...{ ledger, block, blockHash: hash, ledgerTime: instantOf(ledgerTimeMs) },
    definitions: VIEW_DEFINITIONS,
  };
}
