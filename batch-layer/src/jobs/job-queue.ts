import type { Logger } from '@passport/runtime';
import { type ConnectionOptions, Queue, Worker } from 'bullmq';

/** Finished jobs that are kept to be looked at. */
const COMPLETED_KEPT = 200;
const FAILED_KEPT = 1_000;

/** How a job is tried again. */
const ATTEMPTS = 8;
const FIRST_DELAY_MS = 500;

/** A kind of job. */
export type JobQueueOptions = {
  /** Prefix of the keys, so that ledgers can share a Redis. */
  readonly prefix: string;
  readonly name: string;
  readonly connection: ConnectionOptions;
  readonly logger: Logger;
  /** Does a job's work; may say how far it is. Throws to have it tried again. */
  readonly work: (id: string, progress: (done: object) => Promise<void>) => Promise<void>;
};

/**
 * Jobs of one kind, one after the other, however many workers there are: two runs never work on one
 * table. A job that fails is tried again, later each time, and kept when that does not help.
 */
export class JobQueue {
  readonly #queue: Queue;
  readonly #worker: Worker;

  private constructor(queue: Queue, worker: Worker) {
    this.#queue = queue;
    this.#worker = worker;
  }

  static async open(options: JobQueueOptions): Promise<JobQueue> {
    const { prefix, name, connection, logger, work } = options;
    const queue = new Queue(name, { connection, prefix });
    await queue.setGlobalConcurrency(1);
    const worker = new Worker(
      name,
      async (job) => work(job.id ?? '', (done) => job.updateProgress(done)),
      { connection, prefix, concurrency: 1 },
    );
    worker.on('failed', (job, error) => {
      const { id, attemptsMade } = job ?? {};
      logger.warn({ event: 'batch.job_failed', queue: name, job: id, attemptsMade, error });
    });
    worker.on('error', (error) => logger.warn({ event: 'batch.queue_error', queue: name, error }));
    queue.on('error', (error) => logger.warn({ event: 'batch.queue_error', queue: name, error }));
    return new JobQueue(queue, worker);
  }

  /**
   * Has a job done, unless one of that id is waiting or under way. One that had failed for good is
   * tried again; one that was done is done again only where `again` says so.
   */
  async add(id: string, again = false): Promise<void> {
    const job = await this.#queue.getJob(id);
    const state = await job?.getState();
    if (state === 'failed') {
      await job?.retry('failed');
      return;
    }
    if (state === 'completed' && again) await job?.remove();
    await this.#queue.add(
      id,
      {},
      {
        jobId: id,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_DELAY_MS },
        removeOnComplete: COMPLETED_KEPT,
        removeOnFail: FAILED_KEPT,
      },
    );
  }

  /** Jobs by their state, for metrics. */
  counts(): Promise<Readonly<Record<string, number>>> {
    return this.#queue.getJobCounts('waiting', 'active', 'delayed', 'failed', 'completed');
  }

  /** Finishes the job under way, and closes. */
  async close(): Promise<void> {
    await this.#worker.close();
    await this.#queue.close();
  }
}
