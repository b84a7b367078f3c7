import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, test } from 'vitest';

import { readyEvent, type RunningProcess, startProcess } from './child-process.ts';
import { sleep } from './clock.ts';

const sample = fileURLToPath(new URL('testing/sample-service.ts', import.meta.url));

type Sample = RunningProcess<Record<string, unknown>>;

const started: Sample[] = [];

async function startSample(...args: string[]): Promise<Sample> {
  const child = await startProcess({
    command: process.execPath,
    args: [sample, ...args],
    readyLine: readyEvent('sample.ready'),
    readyTimeoutMs: 10_000,
  });
  started.push(child);
  return child;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop(0)));
});

describe('runService', () => {
  test('prints one ready line with the fields of the service', async () => {
    const child = await startSample();

    expect(child.ready).toEqual({ event: 'sample.ready', port: 7 });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('on %s stops, exits 0', async (signal) => {
    const child = await startSample();

    child.kill(signal);

    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.tail()).toContain('stopping\nstopped');
  });

  test('takes a signal that comes again at once as the same one', async () => {
    const child = await startSample('stops-slowly');

    child.kill('SIGINT');
    await sleep(100);
    child.kill('SIGINT');

    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.tail()).toContain('stopped');
  });

  test('exits with 1 at once on a signal more than a second after the first', async () => {
    const child = await startSample('never-stops', '60000');

    child.kill('SIGINT');
    await sleep(1_200);
    child.kill('SIGINT');

    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.tail()).toContain('sample.stop_forced');
  });

  test('exits with 1 when stopping takes longer than its deadline', async () => {
    const child = await startSample('never-stops', '50');

    child.kill('SIGTERM');

    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.tail()).toContain('sample.stop_late');
  });

  test('says in one line why it could not start, and exits with 1', async () => {
    const failing = startSample('refuses');

    await expect(failing).rejects.toThrow(
      /ended with code 1 before it was ready:\nsample: port 1 is taken$/,
    );
  });

  test('gives up starting when it is asked to stop meanwhile, and exits with 0', async () => {
    const child = await startProcess({
      command: process.execPath,
      args: [sample, 'starts-slowly'],
      readyLine: (line) => (line === 'starting' ? true : undefined),
      readyTimeoutMs: 10_000,
    });

    expect(await child.stop(5_000)).toEqual({ code: 0, signal: null });
    expect(child.tail()).toBe('starting');
  });

  test('stops in order and exits with 1 when the service says that it failed', async () => {
    const child = await startSample('fails');

    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.tail()).toMatch(/sample\.failed[^]*lost its child[^]*stopped/);
  });

  test('logs an uncaught error and exits with 1', async () => {
    const child = await startSample('crashes');

    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.tail()).toMatch(/sample\.crashed.*a bug/);
  });
});
