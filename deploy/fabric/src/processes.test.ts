import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import { readRecords, runningRecords, writeRecord } from './process-records.ts';
import { assertRunning, runCommand, startProcess, stopProcess } from './processes.ts';
import { waitUntil } from './wait.ts';

const never = new AbortController().signal;
let layout: Layout;

beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), 'fabric-processes-')));
});

afterEach(async () => {
  for (const record of readRecords(layout.processes)) {
    await stopProcess(record, layout);
  }
  rmSync(layout.directory, { recursive: true });
});

describe('identifyProcess', () => {
  test('this process runs and keeps its identity', () => {
    const own = identifyProcess(process.pid);
    expect(own).toEqual(identifyProcess(process.pid));
    expect(own !== undefined && isRunning(own)).toBe(true);
  });

  test('a process with this number that started at another time is another one', () => {
    expect(isRunning({ pid: process.pid, started: 'earlier' })).toBe(false);
  });

  test('a number that no process has identifies nothing', () => {
    expect(identifyProcess(2 ** 22 + 1)).toBeUndefined();
  });
});

describe('startProcess and stopProcess', () => {
  test('a started process is on record until it is stopped', async () => {
    const record = await startProcess('sleeper', script('setInterval(() => 0, 1e6)'), layout);
    expect(runningRecords(layout.processes)).toEqual([record]);
    await stopProcess(record, layout);
    expect(isRunning(record)).toBe(false);
    expect(readRecords(layout.processes)).toEqual([]);
  });

  test('the children of a process are stopped with it', async () => {
    const parent = script(`
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)']);
      child.on('spawn', () => console.log(child.pid));`);
    const record = await startProcess('parent', parent, layout);
    const log = (): string => readFileSync(join(layout.logs, 'parent.log'), 'utf8').trim();
    await waitUntil('no child', () => log() !== '', 10_000, never);
    const child = identifyProcess(Number(log()));
    expect(child !== undefined && isRunning(child)).toBe(true);
    await stopProcess(record, layout);
    const gone = (): boolean => child !== undefined && !isRunning(child);
    await expect(waitUntil('the child stays', gone, 5000, never)).resolves.toBeUndefined();
  });

  test('a process that was given the number of a recorded one is left alone', async () => {
    const record = await startProcess('sleeper', script('setInterval(() => 0, 1e6)'), layout);
    const former = { ...record, name: 'former', started: 'earlier' };
    writeRecord(layout.processes, former);
    await stopProcess(former, layout);
    expect(isRunning(record)).toBe(true);
    expect(readRecords(layout.processes)).toEqual([record]);
  });

  test('a process that ended is told with what its log says', async () => {
    const record = await startProcess('brief', script('console.error("no luck")'), layout);
    await waitUntil('it goes on', () => !isRunning(record), 10_000, never);
    expect(() => assertRunning(record, layout)).toThrow(/brief has ended[^]*no luck/);
  });
});

describe('runCommand', () => {
  test('returns what a program prints', async () => {
    const { stdout } = await runCommand(script('console.log("hello")'), never);
    expect(stdout).toBe('hello\n');
  });

  test('a program that fails is told with what it said', async () => {
    const failing = runCommand(script('console.error("no luck"); process.exit(7)'), never);
    await expect(failing).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/ended with 7[^]*no luck/) as unknown,
    });
  });

  test('a program that is not there is told', async () => {
    const missing = { ...script(''), program: join(layout.directory, 'missing') };
    await expect(runCommand(missing, never)).rejects.toMatchObject({ code: 'command-failed' });
  });

  test('the signal ends it', async () => {
    const stop = new AbortController();
    const running = runCommand(script('setInterval(() => 0, 1e6)'), stop.signal);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });
});

function script(text: string): Parameters<typeof runCommand>[0] {
  const parameters = ['-e', text];
  return { program: process.execPath, parameters, environment: {}, directory: layout.directory };
}
