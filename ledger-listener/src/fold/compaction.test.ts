import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type EventPlace,
  type KeptEvent,
  parseDay,
  parseInstant,
  parseSourceId,
  parseVid,
} from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type Erased, FoldStore } from './fold-store.ts';

const vid = parseVid('a'.repeat(26));
const source = parseSourceId('GarageMSP/workshop');
const height = { ledger: 'fabric:0', number: 7, hash: 'h', roots: {}, ledgerTimeMs: 1 };
const EVENTS = 600;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder('compaction');
});
afterEach(() => folder.remove());

function eventOf(job: string): KeptEvent {
  return {
    kind: 'intervention',
    at: parseDay('2026-01-01'),
    sourceKind: 'workshop',
    order: '2026-01-01 000000000001 000000 000000',
    ledgerTimeMs: 1,
    qualityIndex: 1,
    flags: [],
    fields: { 'Passport.Intervention.Jobs': job },
  };
}

function placeOf(number: number): EventPlace {
  return { source, entry: number + 1, index: 0 };
}

async function commit(store: FoldStore, erased: readonly Erased[] = []): Promise<void> {
  store.seal(height, erased);
  await store.commit(height.number);
}

/** A word that is nowhere else, and that compressing leaves as it is. */
function canary(number: number): string {
  return createHash('sha256').update(String(number)).digest('base64url');
}

/** Of every third event the words that are still in the store's files. */
async function traces(): Promise<number> {
  const all = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const paths = all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const files = await Promise.all(paths.map((path) => readFile(path, 'latin1')));
  return Array.from({ length: EVENTS / 3 }, (_, third) => third * 3).filter((number) =>
    files.some((file) => file.includes(canary(number))),
  ).length;
}

test('of what is erased nothing is left in the file once it is compacted, and the rest is', async () => {
  const store = await FoldStore.open(folder.path);
  for (let number = 0; number < EVENTS; number += 1) {
    store.putEvent(vid, placeOf(number), eventOf(canary(number)));
  }
  await commit(store);
  for (let number = 0; number < EVENTS; number += 3) {
    store.changeEvent(vid, placeOf(number), { ...eventOf(''), fields: {} });
  }
  const erased = [{ vid, block: 7, readerKeys: [], at: parseInstant('2026-01-01T00:00:00.000Z') }];
  await commit(store, erased);
  // What was written over is in a log, or in files that are not merged yet.
  expect(await traces()).toBeGreaterThan(0);
  await store.compact();
  expect(await traces()).toBe(0);
  expect(store.height).toEqual(height);
  expect(store.erased).toEqual(erased);
  for (let reading = store.prepare(vid); reading !== undefined; reading = store.prepare(vid)) {
    await reading;
  }
  expect([...store.events(vid)]).toHaveLength(EVENTS);
  expect(store.event(vid, placeOf(1))).toEqual(eventOf(canary(1)));
  await store.finishErased();
  await store.close();
  const again = await FoldStore.open(folder.path);
  expect(again.erased).toEqual([]);
  expect(again.event(vid, placeOf(2))).toEqual(eventOf(canary(2)));
  await again.close();
});

test.each<[string, (at: (name: string) => string) => Promise<void>]>([
  ['a copy is half made', (at) => cp(at('store'), at('copy'), { recursive: true })],
  ['the store has made room for a copy', (at) => rename(at('store'), at('former'))],
  [
    'a copy has taken its place',
    async (at) => {
      await cp(at('store'), at('former'), { recursive: true });
      await writeFile(at('data.mdb'), 'of a version that had another store');
    },
  ],
])('a store that was left when %s has what it had, and nothing else is left', async (_, leave) => {
  const store = await FoldStore.open(folder.path);
  store.putEvent(vid, placeOf(1), eventOf('kept'));
  await commit(store);
  await store.close();
  await leave((name) => join(folder.path, name));
  const again = await FoldStore.open(folder.path);
  expect(again.event(vid, placeOf(1))).toEqual(eventOf('kept'));
  await again.close();
  expect(await readdir(folder.path)).toEqual(['store']);
});
