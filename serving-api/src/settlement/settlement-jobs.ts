import { JobQueue } from '@passport/batch-layer';
import { type Logger, sleep } from '@passport/runtime';
import type { Redis } from 'ioredis';

import type { Distributor } from './distributor.ts';
import type { Settler } from './settler.ts';

/** What the jobs are of. */
export type SettlementJobsOptions = {
  readonly settler: Settler;
  readonly distributor: Distributor;
  /** A durable Redis. */
  readonly redis: Redis;
  /** Tells ledgers apart that share a Redis. */
  readonly logName: string;
  /** The journal's own name: its server settles it, and no other. */
  readonly journal: string;
  /** How often, milliseconds. */
  readonly everyMs: number;
  readonly logger: Logger;
};

const SETTLE = 'settle';
const DISTRIBUTE = 'distribute';

/**
 * Jobs on BullMQ: a journal is settled by the server that it is of, and what is settled is shared out by any, one at
 * a time. A job that fails is tried again, later each time.
 */
export class SettlementJobs {
  readonly #options: SettlementJobsOptions;
  readonly #settle: JobQueue;
  readonly #distribute: JobQueue;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  private constructor(options: SettlementJobsOptions, settle: JobQueue, distribute: JobQueue) {
    this.#options = options;
    this.#settle = settle;
    this.#distribute = distribute;
    this.#running = this.#run();
  }

  static async open(options: SettlementJobsOptions): Promise<SettlementJobs> {
    const { settler, distributor, redis: connection, logName, journal, logger } = options;
    const shared = { prefix: `passport:{${logName}}`, connection, logger };
    const distribute = await JobQueue.open({
      ...{ ...shared, name: DISTRIBUTE },
      work: async () => void (await distributor.distributeAll()),
    });
    const settle = await JobQueue.open({
      ...{ ...shared, name: `${SETTLE}-${journal}` },
      work: async () => void (await settler.settleAll()),
    });
    return new SettlementJobs(options, settle, distribute);
  }

  /** Has a round done now. */
  async wake(): Promise<void> {
    await this.#settle.add(SETTLE, true);
    await this.#distribute.add(DISTRIBUTE, true);
  }

  /** Finishes the jobs under way. */
  async close(): Promise<void> {
    this.#stopping.abort(new Error('the serving API is asked to stop'));
    await this.#running;
    await this.#settle.close();
    await this.#distribute.close();
  }

  async #run(): Promise<void> {
    const { everyMs, logger } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // Redis may be away for a while; the next look finds what waits.
      await this.wake().catch((error: unknown) => {
        logger.warn({ event: 'settlement.jobs_not_added', error });
      });
      await sleep(everyMs, signal).catch(() => {});
    }
  }
}
