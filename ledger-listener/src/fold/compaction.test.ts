import { readFile } from 'node:fs/promises';
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

/** Of every third event the words that are still in the store's file. */
async function traces(): Promise<number> {
  const file = await readFile(join(folder.path, 'data.mdb'), 'latin1');
  return Array.from({ length: EVENTS / 3 }, (_, third) => third * 3).filter((number) =>
    file.includes(`canary ${number}.`),
  ).length;
}

test('of what is erased nothing is left in the file once it is compacted, and the rest is', async () => {
  const store = FoldStore.open(folder.path);
  for (let number = 0; number < EVENTS; number += 1) {
    store.putEvent(vid, placeOf(number), eventOf(`canary ${number}.${'x'.repeat(number % 90)}`));
  }
  await commit(store);
  for (let number = 0; number < EVENTS; number += 3) {
    store.changeEvent(vid, placeOf(number), { ...eventOf(''), fields: {} });
  }
  const erased = [{ vid, block: 7, readerKeys: [], at: parseInstant('2026-01-01T00:00:00.000Z') }];
  await commit(store, erased);
  // It is in pages that are free, or were copied.
  expect(await traces()).toBeGreaterThan(0);
  await store.compact();
  expect(await traces()).toBe(0);
  expect(store.height).toEqual(height);
  expect(store.erased).toEqual(erased);
  expect([...store.events(vid)]).toHaveLength(EVENTS);
  expect(store.event(vid, placeOf(1))).toEqual(eventOf('canary 1.x'));
  await store.finishErased();
  await store.close();
  const again = FoldStore.open(folder.path);
  expect(again.erased).toEqual([]);
  expect(again.event(vid, placeOf(2))).toEqual(eventOf('canary 2.xx'));
  await again.close();
});
