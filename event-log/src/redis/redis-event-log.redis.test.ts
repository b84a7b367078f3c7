import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRedis } from '@passport/local-servers';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

import { openEventLog } from '../open-event-log.ts';
import { CASE_MS_MAX, eventLogContract } from '../testing/event-log-contract.ts';
import { filesWith } from '../testing/files-with.ts';
import type { LogServer } from '../testing/log-fixture.ts';
import { take } from '../testing/records.ts';
import { readStreams } from './read-streams.ts';
import { valueField } from './stream-keys.ts';

async function startServer(): Promise<LogServer> {
  const directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  let redis = await startRedis({ directory, role: 'durable' });
  return {
    open: (options) => openEventLog({ ...options, redisUrl: redis.url }),
    kill: () => redis.kill(),
    restart: async () => {
      redis = await startRedis({ directory, role: 'durable', port: redis.port });
    },
    stop: async () => {
      await redis.stop();
      await rm(directory, { recursive: true });
    },
  };
}

describe('an event log on Redis', { timeout: CASE_MS_MAX }, () => {
  eventLogContract(startServer);
});

test('a log is not opened on a Redis that may lose it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  const redis = await startRedis({ directory, role: 'views' });
  try {
    const log = openEventLog({ redisUrl: redis.url, name: 'log', partitions: 1 });
    await expect(log).rejects.toMatchObject({ code: 'LOG_NOT_DURABLE' });
  } finally {
    await redis.stop();
    await rm(directory, { recursive: true });
  }
});

test('a read of streams is bounded in bytes, whatever the sizes of their records', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  const server = await startRedis({ directory, role: 'views' });
  const redis = new Redis(server.url);
  try {
    const sizes = [10, 10, 10, 10, ...Array.from({ length: 20 }, () => 100_000)];
    for (const size of sizes) {
      await redis.xadd('stream', '0-*', valueField, Buffer.alloc(size));
    }
    const read = async (next: bigint | undefined): Promise<number[] | undefined> => {
      const [found] = await readStreams(redis, [{ key: 'stream', next }], 250_000);
      expect(found?.last).toBe(24n);
      return found?.records.map(({ number }) => Number(number));
    };
    expect(await read(undefined)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await read(8n)).toEqual([8, 9, 10]);
    expect(await read(24n)).toEqual([24]);
    expect(await read(25n)).toEqual([]);
  } finally {
    redis.disconnect();
    await server.stop();
    await rm(directory, { recursive: true });
  }
});

test('what was trimmed and purged is in no file of Redis any more, and the rest is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  const redis = await startRedis({ directory, role: 'durable' });
  const log = await openEventLog({ redisUrl: redis.url, name: 'log', partitions: 1 });
  try {
    await log.append([
      { partition: 0, value: Buffer.from('cANARy') },
      { partition: 0, value: Buffer.from('keeper') },
    ]);
    const [first] = await take(log.openReader(new Map([[0, 'earliest']])), 2);
    await log.trim(0, first?.position ?? '');
    expect(await filesWith(directory, 'cANARy')).not.toEqual([]);
    // One that began before must not pass for one that has begun since.
    await Promise.all([log.purge(), log.purge()]);
    expect(await filesWith(directory, 'cANARy')).toEqual([]);
    expect(await filesWith(directory, 'keeper')).not.toEqual([]);
  } finally {
    await log.close();
    await redis.stop();
    await rm(directory, { recursive: true });
  }
});
