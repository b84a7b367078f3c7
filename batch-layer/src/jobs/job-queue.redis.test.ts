import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LocalRedis, startRedis } from '@passport/local-servers';
import type { LogFields } from '@passport/runtime';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { JobQueue, type JobQueueOptions } from './job-queue.ts';

let root: string;
let server: LocalRedis;
let connection: Redis;
let names = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'passport-jobs-'));
  server = await startRedis({ directory: root, role: 'durable' });
  connection = new Redis(server.url, { maxRetriesPerRequest: null });
}, 120_000);
afterAll(async () => {
  connection.disconnect();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

const warned: LogFields[] = [];
const logger = {
  debug: () => {},
  info: () => {},
  warn: (fields: LogFields) => void warned.push(fields),
  error: () => {},
};

function open(name: string, work: JobQueueOptions['work']): Promise<JobQueue> {
  return JobQueue.open({ prefix: '{jobs}', name, connection, logger, work });
}

function nameOfRun(): string {
  names += 1;
  return `run-${names}`;
}

describe('jobs of one kind', () => {
  test('run one at a time, however many workers there are, each once', async () => {
    const name = nameOfRun();
    const done: string[] = [];
    let active = 0;
    let most = 0;
    const work = async (id: string): Promise<void> => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((wake) => {
        setTimeout(wake, 20);
      });
      active -= 1;
      done.push(id);
    };
    const queues = [await open(name, work), await open(name, work)];
    for (let job = 0; job < 12; job += 1) {
      for (const queue of queues) await queue.add(`job-${job}`);
    }
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(12);
    for (const queue of queues) await queue.close();
    expect(most).toBe(1);
    expect(done.toSorted()).toEqual(
      Array.from({ length: 12 }, (_, job) => `job-${job}`).toSorted(),
    );
  });

  test('are tried again when they fail, and say so', async () => {
    const name = nameOfRun();
    let tries = 0;
    const queue = await open(name, async (_, progress) => {
      tries += 1;
      await progress({ step: tries });
      if (tries < 3) throw new Error(`not at try ${tries}`);
    });
    await queue.add('stubborn');
    await expect.poll(() => queue.counts(), { timeout: 15_000 }).toMatchObject({ completed: 1 });
    expect(tries).toBe(3);
    expect(warned.filter(({ event }) => event === 'batch.job_failed').length).toBeGreaterThan(1);
    await queue.close();
  });

  test('that are done are done again only when that is asked for', async () => {
    const name = nameOfRun();
    let runs = 0;
    const queue = await open(name, async () => {
      runs += 1;
    });
    const completed = { timeout: 10_000 };
    await queue.add('once');
    await expect.poll(() => queue.counts(), completed).toMatchObject({ completed: 1 });
    await queue.add('once');
    await expect.poll(() => queue.counts(), completed).toMatchObject({ active: 0, waiting: 0 });
    expect(runs).toBe(1);
    await queue.add('once', true);
    await expect.poll(() => runs, completed).toBe(2);
    await queue.close();
  });
});
