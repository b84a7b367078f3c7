import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolders } from '../testing/folders.ts';
import { withFileLock } from './file-lock.ts';
import { installOnce } from './install-once.ts';

/** More than any process has on Linux by default. */
const DEAD_PID = 2 ** 30;
const folder = temporaryFolders();

describe('installOnce', () => {
  test('installs once when several want it at the same time, and not again later', async () => {
    const cache = await folder();
    let installations = 0;
    const install = async (target: string): Promise<void> => {
      installations += 1;
      await new Promise((done) => setTimeout(done, 150));
      await writeFile(join(target, 'program'), 'x');
    };
    const want = (): Promise<string> => installOnce({ name: 'tool-1', cache, install });
    const folders = await Promise.all([want(), want(), want()]);
    expect(new Set([...folders, await want()])).toEqual(new Set([join(cache, 'tool-1')]));
    expect(installations).toBe(1);
    expect(await readdir(cache)).toEqual(['tool-1']);
  });

  test('an installation that breaks off is made once more, from the beginning', async () => {
    const cache = await folder();
    let attempts = 0;
    const install = async (target: string): Promise<void> => {
      attempts += 1;
      expect(await readdir(target)).toEqual([]);
      await writeFile(join(target, 'program'), 'x');
      if (attempts === 1) throw new Error('connection reset');
    };
    const installed = await installOnce({ name: 'tool-1', cache, install });
    expect(await readdir(installed)).toEqual(['program']);
  });

  test('a failed installation leaves nothing that looks like one', async () => {
    const cache = await folder();
    const install = async (target: string): Promise<void> => {
      await writeFile(join(target, 'half'), 'x');
      throw new Error('no network');
    };
    const failed = installOnce({ name: 'tool-1', cache, install });
    await expect(failed).rejects.toThrow('no network');
    expect(existsSync(join(cache, 'tool-1'))).toBe(false);
    const again = installOnce({ name: 'tool-1', cache, install: async () => undefined });
    expect(await readdir(await again)).toEqual([]);
  });
});

describe('withFileLock', () => {
  test('takes over the lock of a process that is gone', async () => {
    const lock = join(await folder(), 'lock');
    await writeFile(lock, String(DEAD_PID));
    const owner = await withFileLock(lock, 1_000, () => readFile(lock, 'utf8'));
    expect(owner).toBe(String(process.pid));
    expect(existsSync(lock)).toBe(false);
  });

  test('gives up when a living process keeps the lock', async () => {
    const lock = join(await folder(), 'lock');
    await writeFile(lock, String(process.pid));
    const late = withFileLock(lock, 200, async () => 'mine');
    await expect(late).rejects.toThrow(lock);
    expect(await readFile(lock, 'utf8')).toBe(String(process.pid));
  });
});
