import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRedis } from '@passport/local-servers';
import { describe, expect, test } from 'vitest';

import { openEventLog } from '../open-event-log.ts';
import { CASE_MS_MAX, eventLogContract } from '../testing/event-log-contract.ts';
import type { LogServer } from '../testing/log-fixture.ts';

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
