import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { ProcessError, type ProcessOptions, readyEvent, startProcess } from './child-process.ts';
import { sleep } from './clock.ts';

/** Runs a piece of JavaScript that says `ready` when it is. */
function program(
  code: string,
  changes: Partial<ProcessOptions<string>> = {},
): ProcessOptions<string> {
  return {
    command: process.execPath,
    args: ['-e', code],
    readyLine: (line) => (line.startsWith('ready') ? line : undefined),
    readyTimeoutMs: 10_000,
    ...changes,
  };
}

const waits = 'console.log("ready"); setInterval(() => {}, 1000);';

/** Whether a process runs; one that ended and whose parent has not looked yet does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/status')) return true;
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function hasEnded(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await sleep(50);
  return !isAlive(pid);
}

const sampleParent = fileURLToPath(new URL('testing/sample-parent.ts', import.meta.url));
const sampleService = fileURLToPath(new URL('testing/sample-service.ts', import.meta.url));

describe('startProcess', () => {
  test('answers with the ready line and ends the process on stop', async () => {
    const child = await startProcess(program(`console.log('first');${waits}`));

    expect(child.ready).toBe('ready');
    expect(await child.stop(5_000)).toEqual({ code: null, signal: 'SIGTERM' });
    expect(isAlive(child.pid)).toBe(false);
  });

  test('kills a process that ignores SIGTERM once the grace is over', async () => {
    const child = await startProcess(program(`process.on('SIGTERM', () => {});${waits}`));

    expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('reports a death that nobody asked for', async () => {
    const child = await startProcess(program('console.log("ready"); process.exitCode = 7;'));

    expect(await child.exited).toEqual({ code: 7, signal: null });
  });

  test('throws with the tail of the output when the process ends before it is ready', async () => {
    const starting = startProcess(program('console.error("no port"); process.exit(4);'));

    await expect(starting).rejects.toThrow(ProcessError);
    await expect(starting).rejects.toThrow(/ended with code 4 before it was ready:\nno port/);
  });

  test('throws and leaves nothing when the process is not ready in time', async () => {
    let pid = 0;
    const starting = startProcess(
      program('', {
        command: 'sh',
        args: ['-c', 'echo $$; exec sleep 60'],
        readyTimeoutMs: 500,
        onLine: (line) => {
          pid = Number(line);
        },
      }),
    );

    await expect(starting).rejects.toThrow('not ready within 500 ms');
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  test('throws when there is no such program', async () => {
    const starting = startProcess(program('', { command: 'no-such-program' }));

    await expect(starting).rejects.toThrow(/cannot start no-such-program.*ENOENT/);
  });

  test('throws the reason when its signal aborts', async () => {
    const controller = new AbortController();
    const starting = startProcess(
      program('setInterval(() => {}, 1000)', { signal: controller.signal }),
    );

    controller.abort(new Error('enough'));

    await expect(starting).rejects.toThrow('enough');
  });

  test('hands on the variables that it is given, and no others of this process', async () => {
    process.env['CORE_SECRET'] = 'of the parent';
    const code = `console.log('ready ' + [process.env.GIVEN, process.env.CORE_SECRET]);${waits}`;

    const child = await startProcess(program(code, { env: { GIVEN: 'yes' } }));
    await child.stop(1_000);
    delete process.env['CORE_SECRET'];

    expect(child.ready).toBe('ready yes,');
  });

  test('appends both streams to the log file and keeps a tail of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'passport-child-'));
    const logFile = join(folder, 'child.log');
    const code = 'for (let i = 0; i < 60; i += 1) console.error("line " + i);console.log("ready");';

    const child = await startProcess(program(code, { logFile }));
    await child.exited;

    expect(await readFile(logFile, 'utf8')).toMatch(/line 0\n[^]*line 59\n/);
    expect(child.tail()).toContain('line 59');
    expect(child.tail()).not.toContain('line 5\n');
    await rm(folder, { recursive: true });
  });

  test('ends what the process had started itself when it dies', async () => {
    const grandchild = `require('node:child_process').spawn(process.execPath,
      ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })`;
    const child = await startProcess(
      program(`console.log('ready ' + ${grandchild}.pid); setTimeout(() => process.exit(1), 50);`),
    );
    await child.exited;

    expect(await hasEnded(Number(child.ready.slice('ready '.length)))).toBe(true);
  });
});

describe('a child of a process', () => {
  const startFamily = (...args: string[]): ReturnType<typeof startProcess<number>> =>
    startProcess({
      command: process.execPath,
      args: [sampleParent, ...args],
      readyLine: (line) => readyEvent('parent.ready')(line)?.['child'] as number | undefined,
      readyTimeoutMs: 10_000,
    });

  test('is killed when its parent exits', async () => {
    const parent = await startFamily('exits', sampleService, 'orderly');

    expect(await parent.exited).toEqual({ code: 3, signal: null });
    expect(await hasEnded(parent.ready)).toBe(true);
  });

  test('that watches its standard input stops when its parent is killed', async () => {
    const parent = await startFamily('stays', sampleService, 'watches-stdin');

    parent.kill('SIGKILL');

    expect(await hasEnded(parent.ready)).toBe(true);
  });
});
