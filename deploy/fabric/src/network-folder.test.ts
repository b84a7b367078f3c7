import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { clearNetwork, lockNetwork, removeIfEmpty } from './network-folder.ts';
import { fabricNetworkStatus, stopFabricNetwork } from './running-network.ts';

let layout: Layout;

beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), 'fabric-folder-')));
});

afterEach(() => {
  rmSync(layout.directory, { recursive: true, force: true });
});

describe('lockNetwork', () => {
  test('a second lock is refused until the first is given back', () => {
    const unlock = lockNetwork(layout);
    expect(() => lockNetwork(layout)).toThrow(/is at work on/);
    unlock();
    lockNetwork(layout)();
    expect(readdirSync(layout.directory)).toEqual([]);
  });

  test('the lock of a process that is gone does not count', () => {
    const gone = { pid: process.pid, started: 'earlier' };
    writeFileSync(join(layout.directory, 'lock'), JSON.stringify(gone));
    expect(() => lockNetwork(layout)()).not.toThrow();
  });
});

describe('clearNetwork', () => {
  test('removes what is ours and nothing else', async () => {
    mkdirSync(layout.crypto);
    mkdirSync(layout.logs);
    writeFileSync(layout.profile, '{}');
    writeFileSync(join(layout.directory, 'diary.txt'), 'mine');
    await clearNetwork(layout, { logs: false });
    expect(readdirSync(layout.directory).sort()).toEqual(['diary.txt', 'logs']);
    await clearNetwork(layout, { logs: true });
    await removeIfEmpty(layout);
    expect(readdirSync(layout.directory)).toEqual(['diary.txt']);
  });
});

describe('a folder without a network', () => {
  test('can be stopped, and is removed when it is empty', async () => {
    expect(await stopFabricNetwork(layout.directory, true)).toEqual([]);
    expect(existsSync(layout.directory)).toBe(false);
    expect(await stopFabricNetwork(layout.directory, true)).toEqual([]);
  });

  test('has no status to tell', () => {
    expect(fabricNetworkStatus(layout.directory)).toEqual({ processes: [] });
  });
});
