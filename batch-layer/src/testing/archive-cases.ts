import { type EventLog, openEventLog } from '@passport/event-log';
import type { LocalRedis } from '@passport/local-servers';
import type { Fact } from '@passport/model';
import { expect } from 'vitest';

import type { DeltaArchive } from '../reader/delta-archive.ts';
import type { ArchivedUpTo } from '../watermark/watermarks.ts';
import {
  EPOCH_BLOCKS,
  ledgerVids,
  naiveSums,
  PARTITIONS,
  type RandomLedger,
  recordOf,
  sumsOf,
} from './random-ledger.ts';

let logs = 0;

/** A log of its own, with a ledger in it; records of one to three blocks, some of them twice. */
export async function logOf(
  redis: LocalRedis,
  ledger: RandomLedger,
  repeats: readonly boolean[],
): Promise<EventLog> {
  logs += 1;
  const name = `archive-${logs}`;
  const log = await openEventLog({ redisUrl: redis.url, name, partitions: PARTITIONS });
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    for (let first = 0; first < ledger.parts.length;) {
      const epochEnd = first - (first % EPOCH_BLOCKS) + EPOCH_BLOCKS - 1;
      const last = Math.min(first + (first % 3), epochEnd, ledger.parts.length - 1);
      const value = recordOf(ledger, partition, first, last);
      await log.append([{ partition, value }]);
      if (repeats[first] === true) {
        await log.append([{ partition, value: recordOf(ledger, partition, first, first) }]);
        await log.append([{ partition, value }]);
      }
      first = last + 1;
    }
  }
  return log;
}

/** Expects what an archive has at a watermark to be what the ledger had at that block. */
export async function expectExact(
  archive: DeltaArchive,
  ledger: RandomLedger,
  at: ArchivedUpTo,
): Promise<void> {
  const facts: Fact[] = [];
  for await (const part of archive.cells(at)) facts.push(...part);
  expect(sumsOf(facts)).toEqual(naiveSums(ledger, at.block));
  for (const vid of ledgerVids) {
    const rows = ledger.parts
      .slice(0, at.block + 1)
      .flatMap((block) => block.flatMap((part) => part.rows.filter((row) => row.vid === vid)));
    expect(await archive.book(vid, at)).toEqual(rows);
  }
}
