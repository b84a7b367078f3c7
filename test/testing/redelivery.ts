import { openEventLog } from '@passport/event-log';
import { openRecord } from '@passport/model';

/** Appends records that are in the log to it once more: as many of each partition as are there, up to `max`. */
export async function deliverAgain(
  env: Readonly<Record<string, string>>,
  partitions: number,
  max: number,
): Promise<number> {
  const log = await openEventLog({ redisUrl: env['LOG_REDIS_URL'], name: 'passport', partitions });
  let count = 0;
  try {
    for (let partition = 0; partition < partitions; partition += 1) {
      const reader = log.openReader(new Map([[partition, 'earliest']]));
      for await (const { records } of reader) {
        const again = records.slice(0, max).map(({ value }) => ({ partition, value }));
        await log.append(again);
        count += again.length;
        break;
      }
      await reader.close();
    }
  } finally {
    await log.close();
  }
  return count;
}

/** Reads the whole log; throws where blocks are missing, and answers how many came more than once. */
export async function repeatedBlocks(
  env: Readonly<Record<string, string>>,
  partitions: number,
): Promise<number> {
  const log = await openEventLog({ redisUrl: env['LOG_REDIS_URL'], name: 'passport', partitions });
  let repeated = 0;
  try {
    for (let partition = 0; partition < partitions; partition += 1) {
      const newest = await log.last(partition);
      let reached: number | undefined;
      const reader = log.openReader(new Map([[partition, 'earliest']]));
      for await (const { records } of reader) {
        for (const { value } of records) {
          const { first, last } = openRecord(value);
          reached ??= first - 1;
          if (first > reached + 1) {
            throw new Error(`partition ${partition}: block ${reached + 1} is missing`);
          }
          repeated += Math.max(0, Math.min(last, reached) - first + 1);
          reached = Math.max(reached, last);
        }
        if (records.some(({ position }) => position === newest?.position)) break;
      }
      await reader.close();
    }
  } finally {
    await log.close();
  }
  return repeated;
}
