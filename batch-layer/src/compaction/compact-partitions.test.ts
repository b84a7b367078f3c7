import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import { vidOfBytes } from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { DataFile } from '../delta/snapshot.ts';
import { readStatistics } from '../delta/statistics.ts';
import { writeRows } from '../duckdb/write-parquet.ts';
import { openFolderStore } from '../object-store/folder-object-store.ts';
import { openObjectCache } from '../object-store/object-cache.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { openEvents, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventColumns, EVENTS, eventsLayout } from '../tables/events-table.ts';
import { Killed, mortalStore } from '../testing/mortal-store.ts';
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { compactPartitions } from './compact-partitions.ts';

const PARTITIONS = 5;
const FILES = 3;
const limits = { fileBytesMin: 1 << 20, fileBytesMax: 1 << 20, filesMin: 2 };

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('compact-partitions', 1);
});
afterAll(() => opened.close());

/** A table of some small files a partition, each with a line. */
async function smallFiles() {
  const folder = await mkdtemp(join(opened.folder, 'table-'));
  const store = await openFolderStore({ folder, now: () => new Date() });
  const cache = await openObjectCache({ store, folder: join(folder, 'copies'), bytesMax: 1 << 30 });
  const storage = storageOn(store, folder);
  const table = await openEvents(storage);
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    for (let number = 0; number < FILES; number += 1) {
      const path = join(opened.folder, `line-${partition}-${number}.parquet`);
      const file = await writeRows(opened.engine, path, eventsLayout, [line(partition, number)]);
      const add = await storeFile(storage, EVENTS, file, {
        columns: eventColumns,
        prefix: `partition=${partition}/part`,
        partitionValues: { partition: String(partition) },
      });
      await table.commit({
        commitId: `line ${partition} ${number}`,
        operation: 'WRITE',
        adds: add === undefined ? [] : [add],
        removes: [],
        isBlindAppend: true,
        dataChange: true,
      });
    }
  }
  return { store, storage, cache, folder };
}

function storageOn(store: ObjectStore, folder: string): Storage {
  return {
    ...{ store, engine: opened.engine, scratchFolder: join(folder, 'scratch') },
    now: () => new Date(),
    onCheckpointFailure: (error) => {
      throw error;
    },
  };
}

function line(partition: number, number: number) {
  const vid = vidOfBytes(Buffer.alloc(16, partition + 1));
  const at = BigInt(number) * 1_000_000n;
  return [vid, BigInt(number), 0, 0, 'inspection', 20_000, at, 'GarageMSP', 0, 0, 1, 900, '{}'];
}

/** How many files and how many lines each partition has. */
async function filesAndLines(storage: Storage): Promise<(readonly [number, number])[]> {
  const { files } = await (await openEvents(storage)).readSnapshot();
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    const own = [...files.values()].filter(
      ({ partitionValues }) => partitionValues['partition'] === String(partition),
    );
    return [own.length, own.reduce((sum, file) => sum + linesOf(file), 0)] as const;
  });
}

function linesOf({ statistics }: DataFile): number {
  return readStatistics(statistics)?.numRecords ?? 0;
}

test('each partition ends as one file with all of its lines, and is told of once', async () => {
  const { storage, cache } = await smallFiles();
  const told: number[] = [];
  const all = { partitions: PARTITIONS, limits };
  await compactPartitions(storage, cache, all, ({ partition }) => void told.push(partition));
  expect(told.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  expect(await filesAndLines(storage)).toEqual(told.map(() => [1, FILES]));
});

test('where one fails the others are over before anybody hears of it', async () => {
  const { store, storage, cache, folder } = await smallFiles();
  let puts = 0;
  const mortal = mortalStore(store, () => ((puts += 1) === 1 ? 'before' : undefined));
  const all = { partitions: PARTITIONS, limits };
  const compacting = compactPartitions(storageOn(mortal, folder), cache, all, () => {});
  await expect(compacting).rejects.toBeInstanceOf(Killed);
  const files = (await filesAndLines(storage)).map(([count]) => count);
  expect(files.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, FILES]);
});
