import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openEngine } from './duckdb/engine.ts';
import { openFolderStore } from './object-store/folder-object-store.ts';
import { openEvents, openOwners, openPending, type Storage } from './storage.ts';
import { storeWith } from './testing/mortal-store.ts';

test('a table writes its checkpoints, also where the scratch folder is not there yet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passport-storage-'));
  const limits = { memoryMbMax: 128, threads: 1, spillDirectory: join(folder, 'spill') };
  const failures: unknown[] = [];
  const now = (): Date => new Date();
  const storage: Storage = {
    store: await openFolderStore({ folder: join(folder, 'objects'), now }),
    engine: await openEngine(limits),
    scratchFolder: join(folder, 'scratch'),
    now,
    onCheckpointFailure: (error) => failures.push(error),
  };
  for (let version = 1; version <= 10; version += 1) {
    const table = await openEvents(storage);
    await table.commit({
      commitId: `epoch ${version}`,
      operation: 'WRITE',
      txn: { appId: 'test', version },
      isBlindAppend: true,
      dataChange: true,
    });
  }
  expect(failures).toEqual([]);
  expect(await readdir(join(folder, 'objects', 'events', '_delta_log'))).toContain(
    '_last_checkpoint',
  );
  storage.engine.close();
  await rm(folder, { recursive: true, force: true });
});

test('a table is opened once, and again where it could not be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passport-storage-'));
  const limits = { memoryMbMax: 128, threads: 1, spillDirectory: join(folder, 'spill') };
  const plain = await openFolderStore({ folder: join(folder, 'objects'), now: () => new Date() });
  let isAway = true;
  const storage: Storage = {
    store: storeWith(plain, {
      list: async (prefix, after) => {
        if (isAway) throw new Error('the store is away');
        return plain.list(prefix, after);
      },
    }),
    engine: await openEngine(limits),
    scratchFolder: join(folder, 'scratch'),
    now: () => new Date(),
    onCheckpointFailure: () => {},
  };
  await expect(openEvents(storage)).rejects.toThrow('the store is away');
  isAway = false;
  const events = await openEvents(storage);
  expect(await openEvents(storage)).toBe(events);
  expect(await openPending(storage)).not.toBe(await openOwners(storage));
  expect(await openEvents({ ...storage })).not.toBe(events);
  storage.engine.close();
  await rm(folder, { recursive: true, force: true });
});
