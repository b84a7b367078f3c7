import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { runTool } from '@passport/local-servers';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { root } from '../compose/project-files.ts';
import { type NativeStack, startNativeStack } from './native-stack.ts';

/** Fetching Kafka and compiling the S3 server included. */
const START_MS_MAX = 900_000;
const STOP_MS_MAX = 120_000;
const CATCH_UP_MS_MAX = 60_000;
const VERIFY_MS_MAX = 120_000;
const VEHICLES = 6;

let folder: TemporaryFolder;
let stack: NativeStack | undefined;

beforeAll(async () => {
  folder = await temporaryFolder('stack');
  const kept = ['devnet', 'listener', 'feed', 'batch'].map((name) => join(folder.path, name));
  await Promise.all(kept.map((path) => mkdir(path)));
  stack = await startNativeStack(folder.path, {
    SERVING_FREE: 'true',
    FEED_VEHICLES: String(VEHICLES),
  });
}, START_MS_MAX);

afterAll(async () => {
  await stack?.stop();
  await folder.remove();
}, STOP_MS_MAX);

function running(): NativeStack {
  return stack ?? expect.fail('the stack did not start');
}

async function json(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url);
  expect(answer.status, url).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

test('answers come to the height of the ledger', { timeout: CATCH_UP_MS_MAX + 5_000 }, async () => {
  const { api, control } = running();
  const { height } = await json(`${control}/status`);
  expect(height).toBeGreaterThan(10);
  const block = async () => (await json(`${api}/v1/status`))['block'];
  await expect.poll(block, { timeout: CATCH_UP_MS_MAX }).toBe(Number(height) - 1);
});

test('all that the fleet has driven is in the answers', async () => {
  const { api } = running();
  const usage = await json(`${api}/v1/views/usage?metrics=trips,vehicles`);
  const [row = []] = usage['rows'] as number[][];
  expect(row[0]).toBeGreaterThan(VEHICLES);
  expect(row[1]).toBe(VEHICLES);
});

test(
  'the ledger alone gives the same answers, bit for bit',
  { timeout: VERIFY_MS_MAX },
  async () => {
    const { api, profile } = running();
    const said = await runTool({
      command: process.execPath,
      args: [
        ...['client/src/main.ts', 'verify', '--json', '--api', api],
        ...['--profile', profile, '--msp', 'GarageMSP'],
      ],
      cwd: root,
      timeoutMs: VERIFY_MS_MAX,
    });
    expect(said.trim().split('\n').length).toBeGreaterThan(10);
  },
);

test('the two speed layers share the partitions', async () => {
  const { services } = running();
  const heights = await Promise.all(
    ['speed-1', 'speed-2'].map(async (name) => {
      const answer = await fetch(`${services.get(name)?.health ?? ''}/metrics`);
      return [...(await answer.text()).matchAll(/^speed_height_blocks\{.*partition="(\d+)"/gm)];
    }),
  );
  const partitions = heights.map((found) => found.map(([, partition]) => partition));
  expect(new Set(partitions.flat()).size).toBe(8);
  for (const own of partitions) expect(own.length).toBeGreaterThan(0);
});

test('each service tells that it lives, that it works, and its metrics', async () => {
  const watched = [...running().services].filter(([, { health }]) => health !== undefined);
  expect(watched.map(([name]) => name)).toEqual(
    expect.arrayContaining(['listener', 'speed-1', 'speed-2', 'serving']),
  );
  for (const [name, { health = '' }] of watched) {
    expect((await fetch(`${health}/healthz`)).status, name).toBe(200);
    expect((await fetch(`${health}/readyz`)).status, name).toBe(200);
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics, name).toMatch(/^# TYPE \w+ (gauge|counter|histogram)$/m);
  }
});

test('each service ends in order when it is asked to', { timeout: STOP_MS_MAX }, async () => {
  const ends = await running().stop();
  stack = undefined;
  expect(ends.size).toBeGreaterThan(5);
  for (const [name, end] of ends) expect(end, name).toEqual({ code: 0, signal: null });
});
