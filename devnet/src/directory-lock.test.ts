import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { DirectoryInUse, lockDirectory } from './directory-lock.ts';

const module = new URL('./directory-lock.ts', import.meta.url).href;

test('a folder is locked once at a time', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lock-'));
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toBeInstanceOf(DirectoryInUse);
  await unlock();
  await (
    await lockDirectory(directory)
  )();
});

test('the lock of a process that was killed does not hold', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lock-'));
  const script =
    `const { lockDirectory } = await import(${JSON.stringify(module)});` +
    `await lockDirectory(${JSON.stringify(directory)}); process.kill(process.pid, 'SIGKILL');`;
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(killed.signal, killed.stderr.toString()).toBe('SIGKILL');
  await (
    await lockDirectory(directory)
  )();
});
