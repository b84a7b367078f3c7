import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readyEvent, startProcess } from '@passport/runtime';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';

import { temporaryFolders } from '../testing/folders.ts';
import { isRunning } from '../testing/is-running.ts';
import { type RedisOptions, type LocalRedis, startRedis } from './start-redis.ts';

/** Installing a wheel included. */
const TEST_MS_MAX = 120_000;

const folder = temporaryFolders();
const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: RedisOptions): Promise<LocalRedis> {
  const redis = await startRedis(options);
  cleanUps.push(() => redis.stop());
  return redis;
}

function connect(redis: LocalRedis): Redis {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  cleanUps.push(() => client.disconnect());
  return client;
}

describe('startRedis', { timeout: TEST_MS_MAX }, () => {
  test('a durable Redis has everything again after kill -9 and a restart', async () => {
    const directory = await folder();
    const first = await start({ directory, role: 'durable' });
    const client = connect(first);
    for (let number = 0; number < 100; number += 1) await client.rpush('list', number);
    await first.kill();
    expect(await first.exited).toMatchObject({ signal: 'SIGKILL' });
    const second = await start({ directory, role: 'durable', port: first.port });
    expect(second.url).toBe(first.url);
    expect(await connect(second).llen('list')).toBe(100);
    expect(await connect(second).config('GET', 'maxmemory-policy')).toContain('noeviction');
    expect(await readFile(join(directory, 'server.log'), 'utf8')).toMatch(/ready to accept/i);
  });

  test('a Redis of views writes nothing, and is empty after a restart', async () => {
    const directory = await folder();
    const first = await start({ directory, role: 'views' });
    await connect(first).set('key', 'value');
    await first.stop();
    await first.stop();
    const second = await start({ directory, role: 'views', port: first.port });
    expect(await connect(second).dbsize()).toBe(0);
  });

  test('does not take another Redis at its port for its own', async () => {
    const first = await start({ directory: await folder(), role: 'views' });
    const second = start({ directory: await folder(), role: 'views', port: first.port });
    await expect(second).rejects.toMatchObject({ code: 'PROCESS_NOT_READY' });
    await expect(second).rejects.toThrow(/address already in use/i);
  });

  test('the server ends when its parent is killed', async () => {
    const parent = await startProcess({
      command: process.execPath,
      args: [fileURLToPath(new URL('../testing/redis-parent.ts', import.meta.url)), await folder()],
      readyLine: readyEvent('parent.ready'),
      readyTimeoutMs: 60_000,
    });
    const redis = Number(parent.ready['redis']);
    expect(isRunning(redis)).toBe(true);
    parent.kill('SIGKILL');
    await parent.exited;
    await expect.poll(() => isRunning(redis), { timeout: 5_000 }).toBe(false);
  });
});
