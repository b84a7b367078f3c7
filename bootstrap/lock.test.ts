import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { withLock } from './lock.mjs';
import { TestProject } from './test-project.ts';

describe('withLock', () => {
  let project: TestProject;
  let file: string;

  beforeEach(() => {
    project = new TestProject();
    file = join(project.folder, 'work.lock');
  });

  afterEach(() => project.remove());

  test('two pieces of work never overlap', async () => {
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await sleep(50);
      seen.push(`${name} ends`);
    };
    await Promise.all([withLock(file, work('a')), withLock(file, work('b'))]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('the lock is free again after work that failed', async () => {
    const failing = withLock(file, () => Promise.reject(new Error('on purpose')));
    await expect(failing).rejects.toThrow('on purpose');
    expect(existsSync(file)).toBe(false);
  });

  test('the lock of a dead process is taken over', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    writeFileSync(file, String(dead));
    await expect(withLock(file, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  test('an old lock without a readable owner is taken over', async () => {
    writeFileSync(file, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    await expect(withLock(file, () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
