import { type EventLog, LogPositionUnknown, LogTrimmed } from '@passport/event-log';
import { type Logger, settledWithin, sleep } from '@passport/runtime';
import type { Redis } from 'ioredis';

import { type ConsumerOptions, SpeedConsumer } from './consumer.ts';
import { Leases } from './leases/leases.ts';
import { SpeedStore } from './store/speed-store.ts';

/** What the speed layer works with. */
export type SpeedOptions = {
  readonly log: EventLog;
  readonly redis: Redis;
  /** Tells ledgers apart that share a Redis. */
  readonly name: string;
  /** Different for each process. */
  readonly instance: string;
  /** How long an instance that died keeps its partitions, milliseconds. */
  readonly leaseMs: number;
  readonly logger: Logger;
  readonly onApplied?: NonNullable<ConsumerOptions['onApplied']>;
};

/** Leases are renewed so many times before they end. */
const RENEWALS = 3;

/** How long a change on its way to the store, and giving up the leases, may take at the end. */
const END_MS = 5_000;
const LEAVE_MS = 1_000;

/**
 * Brings this instance's share of the partitions forward until the signal aborts. Where the log does not
 * have what a partition needs next, its state is of no use: it is made anew from what the log has. Throws
 * PartitionHalted, and what log and store throw.
 */
export async function runSpeedLayer(options: SpeedOptions, signal: AbortSignal): Promise<void> {
  const { redis, name, logger } = options;
  const store = new SpeedStore(redis, name);
  while (!signal.aborted) {
    try {
      await runOnce(options, store, signal);
    } catch (error) {
      if (!(error instanceof LogTrimmed) && !(error instanceof LogPositionUnknown)) throw error;
      const { partition, position } = error;
      const wasReset = await store.reset(partition, position);
      logger.warn({ event: 'speed.partition_restarted', partition, wasReset, error });
    }
  }
}

/** Until the signal aborts, or the log cannot go on. */
async function runOnce(
  options: SpeedOptions,
  store: SpeedStore,
  signal: AbortSignal,
): Promise<void> {
  const { log, redis, name, instance, leaseMs, logger } = options;
  const { onApplied } = options;
  const leases = new Leases(redis, { name, instance, partitions: log.partitions, leaseMs });
  const consumer = new SpeedConsumer({
    log,
    store,
    logger,
    ...(onApplied === undefined ? {} : { onApplied }),
  });
  const stopped = new AbortController();
  const running = consumer.run().finally(() => stopped.abort(new Error('the consumer has ended')));
  // It is waited for below, and may fail before.
  running.catch(() => {});
  const done = AbortSignal.any([signal, stopped.signal]);
  try {
    while (!done.aborted) {
      await share(consumer, await leases.renew(), logger);
      await sleep(leaseMs / RENEWALS, done).catch(() => {});
    }
  } finally {
    await consumer.close();
  }
  // A store that is away must not keep the process: what is cut off is done again, and leases end.
  const isOver = await settledWithin(running, END_MS);
  await settledWithin(leases.leave(), LEAVE_MS);
  if (isOver) await running;
}

/** Takes partitions over that became ours, and leaves those that are not ours any more. */
async function share(
  consumer: SpeedConsumer,
  ours: readonly number[],
  logger: Logger,
): Promise<void> {
  for (const partition of consumer.partitions) {
    if (ours.includes(partition)) continue;
    consumer.revoke(partition);
    logger.info({ event: 'speed.partition_left', partition });
  }
  for (const partition of ours) {
    if (consumer.partitions.includes(partition)) continue;
    await consumer.assign(partition);
    logger.info({ event: 'speed.partition_taken', partition });
  }
}
