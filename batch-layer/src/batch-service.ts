import type { EventLog } from '@passport/event-log';
import { lastBlockOf, openRecord, releasedViewNames } from '@passport/model';
import { type Logger, settledWithin, sleep } from '@passport/runtime';
import type { SpeedStore } from '@passport/speed-layer';
import type { ConnectionOptions } from 'bullmq';

import type { CompactionLimits } from './compaction/compact-events.ts';
import { compactPartitions } from './compaction/compact-partitions.ts';
import { compactContributions, compactReleased } from './compaction/compact-released.ts';
import { compactView } from './compaction/compact-view.ts';
import type { Certifier } from './erasure/certify.ts';
import { ErasureRecords } from './erasure/erasure-records.ts';
import { runErasures } from './erasure/erasure-run.ts';
import { archiveEpoch } from './epoch/archive-epoch.ts';
import { epochAfter } from './epoch/read-epoch.ts';
import { JobQueue } from './jobs/job-queue.ts';
import type { ObjectCache } from './object-store/object-cache.ts';
import { ReleaseStates } from './release/release-state.ts';
import { allTables, type Storage, tabledViews } from './storage.ts';
import { CONTRIBUTIONS } from './tables/contributions-table.ts';
import { type ArchivedUpTo, Watermarks } from './watermark/watermarks.ts';

/** What the batch layer works with. */
export type BatchOptions = {
  readonly log: EventLog;
  readonly storage: Storage;
  readonly cache: ObjectCache;
  /** State that is dropped once the views have it. */
  readonly speed: SpeedStore;
  /** A durable Redis, for jobs. */
  readonly jobs: ConnectionOptions;
  /** Tells ledgers apart that share a Redis. */
  readonly name: string;
  readonly epochBlocks: number;
  readonly compaction: CompactionLimits;
  /** Files that no table needs are kept so long, milliseconds. */
  readonly retentionMs: number;
  /** Signs what was erased; without it, erasures are done and stay pending. */
  readonly certify?: Certifier | undefined;
  /** Readers have moved on to a newer watermark after so long, milliseconds. */
  readonly readersMs: number;
  /** Pause between looks for closed epochs, milliseconds. */
  readonly pollMs: number;
  readonly logger: Logger;
  readonly onState?: (state: BatchState) => void;
};

/** Where the batch layer is. */
export type BatchState = {
  /** The watermark's block; -1 before the first. */
  readonly watermark: number;
  /** Closed epochs that are not archived yet. */
  readonly waitingEpochs: number;
  readonly failedJobs: number;
  /** Erasures that are not over. */
  readonly pendingErasures: number;
};

/** Vacuum looks at all files: it is done once in so many archived epochs. */
const VACUUM_EPOCHS = 32;

/** The job of all erasures that are pending. */
const ERASE = 'erase';

/** How long the jobs under way may take at the end. */
const END_MS = 8_000;

/**
 * Archives epochs as they close, compacts, and cleans up, until the signal aborts. Several instances may
 * run: a job is done by one of them.
 */
export async function runBatchLayer(options: BatchOptions, signal: AbortSignal): Promise<void> {
  const run = new BatchRun(options, signal);
  const { name: prefix, jobs: connection, logger, pollMs } = options;
  const shared = { prefix: `passport:{${prefix}}`, connection, logger };
  const archive = await JobQueue.open({
    ...shared,
    name: 'archive',
    work: (id, progress) => run.archive(id, progress),
  });
  const compaction = await JobQueue.open({
    ...shared,
    name: 'compact',
    // Never both at once: a compaction must not begin with files that an erasure takes away.
    work: (id) => (id === ERASE ? run.erase() : run.compact()),
  });
  const vacuum = await JobQueue.open({ ...shared, name: 'vacuum', work: () => run.vacuum() });
  const queues = [archive, compaction, vacuum];
  try {
    while (!signal.aborted) {
      await step(run, { archive, compaction, vacuum }, options).catch((error: unknown) => {
        logger.warn({ event: 'batch.step_failed', error });
      });
      await sleep(pollMs, signal).catch(() => {});
    }
  } finally {
    // A Redis that is away must not keep the process: a job that is cut off is done again.
    const jobs = Promise.all(queues.map((queue) => queue.close()));
    await settledWithin(
      jobs.then(() => run.close()),
      END_MS,
    );
  }
}

type Queues = Readonly<Record<'archive' | 'compaction' | 'vacuum', JobQueue>>;

/** Sees to it that what is to be done next is a job. */
async function step(run: BatchRun, queues: Queues, options: BatchOptions): Promise<void> {
  const { epochBlocks, onState } = options;
  const watermark = (await run.watermarks.newest())?.block ?? -1;
  const next = (watermark + 1) / epochBlocks;
  const closed = await run.closedEpochs();
  if (closed > next) await queues.archive.add(`epoch-${next}`, true);
  if (next > 0) await queues.compaction.add(`compact-${next}`);
  if (next > 0 && next % VACUUM_EPOCHS === 0) await queues.vacuum.add(`vacuum-${next}`);
  const pendingErasures = (await run.erasures.pending()).length;
  const counts = await Promise.all(Object.values(queues).map((queue) => queue.counts()));
  const failedJobs = counts.reduce((sum, count) => sum + (count['failed'] ?? 0), 0);
  onState?.({
    watermark,
    waitingEpochs: Math.max(0, closed - next),
    failedJobs,
    pendingErasures,
  });
  // What one look cannot end, the next one goes on with. It is told of before it can be over.
  if (pendingErasures > 0) await queues.compaction.add(ERASE, true);
}

/** The work of the jobs. */
class BatchRun {
  readonly watermarks: Watermarks;
  readonly erasures: ErasureRecords;
  readonly #options: BatchOptions;
  readonly #signal: AbortSignal;
  readonly #states = new ReleaseStates();
  #closedEpochs = 0;

  constructor(options: BatchOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.watermarks = new Watermarks(options.storage.store);
    this.erasures = new ErasureRecords(options.storage.store);
  }

  /** How many epochs, from the first one on, are in the log as a whole. */
  async closedEpochs(): Promise<number> {
    const { log, epochBlocks } = this.#options;
    let lowest = Number.POSITIVE_INFINITY;
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const newest = await log.last(partition);
      if (newest === undefined) return 0;
      lowest = Math.min(lowest, openRecord(newest.value).last);
    }
    this.#closedEpochs = Math.floor((lowest + 1) / epochBlocks);
    return this.#closedEpochs;
  }

  /** Archives the epoch of that job, if it is the next one; moves the watermark; cleans up. */
  async archive(id: string, progress: (done: object) => Promise<void>): Promise<void> {
    const { log, storage, epochBlocks, logger } = this.#options;
    const before = await this.watermarks.newest();
    const epoch = epochAfter(before, epochBlocks);
    // Another instance has done it, and died before it said so.
    if (id !== `epoch-${epoch}`) return;
    const watermark = await archiveEpoch(
      before,
      {
        log,
        storage,
        epochBlocks,
        states: this.#states,
        closedEpochs: this.#closedEpochs,
        onProgress: (done) => {
          progress(done).catch((error: unknown) => {
            logger.warn({ event: 'batch.progress_lost', error });
          });
        },
      },
      this.#signal,
    );
    await this.watermarks.moveTo(watermark);
    logger.info({ event: 'batch.watermark_moved', block: watermark.block });
    if (before !== undefined) await this.#cleanUp(before);
  }

  /** Forgets what is kept from one epoch to the next. */
  close(): Promise<void> {
    return this.#states.close();
  }

  /** Makes many small files into few. */
  async compact(): Promise<void> {
    const { storage, cache, compaction, log, logger } = this.#options;
    const at = await this.watermarks.newest();
    if (at === undefined) return;
    const all = { partitions: log.partitions, limits: compaction };
    await compactPartitions(storage, cache, all, (done) => {
      logger.info({ event: 'batch.compacted', table: 'events', ...done });
    });
    for (const view of releasedViewNames) {
      while ((await compactReleased(storage, cache, view, compaction)) !== undefined) {
        logger.info({ event: 'batch.compacted', table: `released_${view}` });
      }
    }
    while ((await compactContributions(storage, cache, compaction)) !== undefined) {
      logger.info({ event: 'batch.compacted', table: CONTRIBUTIONS });
    }
    for (const view of tabledViews) {
      const done = await compactView(storage, cache, view, at.ledgerTimeMs, compaction);
      if (done !== undefined) logger.info({ event: 'batch.compacted', table: view.name, ...done });
    }
  }

  /** Brings erasures on as far as they can come now. */
  erase(): Promise<void> {
    const { certify } = this.#options;
    const { watermarks, erasures: records } = this;
    return runErasures({ ...this.#options, watermarks, records, certify });
  }

  /** Deletes files that no version within the retention has. */
  async vacuum(): Promise<void> {
    const { storage, retentionMs, logger } = this.#options;
    const now = storage.now();
    for (const table of await allTables(storage)) {
      const deleted = await table.vacuum(retentionMs, now);
      logger.info({ event: 'batch.vacuumed', files: deleted.length });
    }
    await this.watermarks.forgetOld();
  }

  /**
   * Forgets, one watermark later, what the archive has: until then readers may still go together with
   * the watermark before.
   */
  async #cleanUp(before: ArchivedUpTo): Promise<void> {
    const { log, speed, epochBlocks } = this.#options;
    const next = epochAfter(before, epochBlocks);
    if (before.block !== lastBlockOf(next - 1, epochBlocks)) throw new Error('no end of an epoch');
    for (const [partition, position] of before.positions.entries()) {
      await speed.dropEpochsBefore(partition, next);
      await log.trim(partition, position);
    }
  }
}
