import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';
import {
  instantOf,
  PassportError,
  type ReleasedAnswer,
  type ReleasedQuery,
  type ReleasedViewName,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import { ReleasedCubes } from './released-cubes.ts';

/** How it is kept up. */
export type ReleasedOptions = {
  readonly archive: ReleaseArchive;
  readonly logger: Logger;
  /** Pause between two looks at the watermark, milliseconds. */
  readonly pollMs: number;
};

/** All that was released, in memory, as of the newest watermark. */
export class ReleasedMirror {
  readonly #options: ReleasedOptions;
  #cubes = new ReleasedCubes();
  #at: Watermark | undefined;
  #trouble: string | undefined;

  constructor(options: ReleasedOptions) {
    this.#options = options;
  }

  /** Loads what was released since; answers whether there was a new watermark. */
  async advance(): Promise<boolean> {
    const { archive } = this.#options;
    const at = await archive.watermark();
    if (at === undefined || at.block === this.#at?.block) return false;
    // Another ledger, or an archive that was made anew: what is in memory is of the old one.
    const isSame = this.#at?.ledger === at.ledger && this.#at.block < at.block;
    const cubes = isSame ? this.#cubes : new ReleasedCubes();
    const fresh: ReleasedBatch[] = [];
    for await (const part of archive.batches(at, isSame ? (this.#at?.block ?? -1) : -1)) {
      // What nobody sees yet grows as it is read; the other in one go, when all of it is there.
      if (isSame) fresh.push(...part);
      else cubes.add(part);
    }
    cubes.add(fresh);
    this.#cubes = cubes;
    this.#at = at;
    return true;
  }

  /**
   * Answers as of the newest watermark, or of an older one. Throws PassportError `NOT_READY` before the
   * first, `BLOCK_NOT_HELD` where there is none at that block, `QUERY_TOO_LARGE`.
   */
  async answer(query: ReleasedQuery, atBlock?: number): Promise<ReleasedAnswer> {
    const at = await this.#watermarkAt(atBlock);
    return {
      ledger: at.ledger,
      block: at.block,
      blockHash: at.hash,
      ledgerTime: instantOf(at.ledgerTimeMs),
      definitions: VIEW_DEFINITIONS,
      view: query.view,
      epochBlocks: at.epochBlocks,
      ...this.#cubes.answer(query, at.block),
    };
  }

  /** Up to which block it has what was released; undefined before the first watermark. */
  get at(): Watermark | undefined {
    return this.#at;
  }

  /** Ledger time of a watermark that is not forgotten, milliseconds. */
  async timeOf(block: number): Promise<number | undefined> {
    const { archive } = this.#options;
    const at = block === this.#at?.block ? this.#at : await archive.watermarkAt(block);
    return at?.ledger === this.#at?.ledger ? at?.ledgerTimeMs : undefined;
  }

  /** Sums over whole batches as of the newest watermark, by dimensions and by `released`, the block; no rows before it. */
  sums(
    view: ReleasedViewName,
    by: readonly string[],
    metrics: readonly string[],
  ): (string | number | null)[][] {
    return this.#at === undefined ? [] : this.#cubes.sums(view, by, metrics, this.#at.block);
  }

  /** Whether any batch of some views was released up to a block. The block is {@link at} or older. */
  hasBatches(views: readonly ReleasedViewName[], block: number): boolean {
    return this.#cubes.hasBatches(views, block);
  }

  /**
   * The mean quality of the events that an answer at a block is about, thousandths; null where nothing of
   * them was released.
   */
  quality(query: ReleasedQuery, block: number): number | null {
    return this.#cubes.quality(query, block);
  }

  /** The mean quality of all events that some views are made of, as {@link quality}. The block is {@link at} or older. */
  qualityOfViews(views: readonly ReleasedViewName[], block: number): number | null {
    return this.#cubes.qualityOfViews(views, block);
  }

  /** Follows the watermark until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { logger, pollMs } = this.#options;
    while (!signal.aborted) {
      try {
        await this.advance();
        this.#trouble = undefined;
      } catch (error) {
        // The store may be away for a while; what is in memory stays right meanwhile.
        const why = error instanceof Error ? error.message : String(error);
        if (why !== this.#trouble) logger.warn({ event: 'serving.releases_not_moving', error });
        this.#trouble = why;
      }
      await sleep(pollMs, signal).catch(() => {});
    }
  }

  async #watermarkAt(block: number | undefined): Promise<Watermark> {
    const newest = this.#at;
    if (newest === undefined) {
      throw new PassportError('NOT_READY', this.#trouble ?? 'nothing was released yet');
    }
    if (block === undefined || block === newest.block) return newest;
    const older = block < newest.block ? await this.#options.archive.watermarkAt(block) : undefined;
    if (older !== undefined && older.ledger === newest.ledger) return older;
    const why = `releases are at the ends of epochs of ${newest.epochBlocks} blocks`;
    throw new PassportError('BLOCK_NOT_HELD', `${why}, up to ${newest.block}`);
  }
}
