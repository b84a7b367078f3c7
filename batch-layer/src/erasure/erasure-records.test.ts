import { parseInstant } from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import { expect, test } from 'vitest';

import { openFolderStore } from '../object-store/folder-object-store.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { vid } from '../testing/erased-ledger.ts';
import { storeWith } from '../testing/mortal-store.ts';
import { type Erasure, ErasureRecords, type VehicleErasure } from './erasure-records.ts';

const erasure: Erasure = {
  vid,
  ownerEpoch: 1,
  block: 5,
  tx: 0,
  at: parseInstant('2026-11-29T12:00:00.000Z'),
};

/** Calls something before each call that reads or writes, numbered from 0. */
function watched(store: ObjectStore, before: (call: number) => Promise<void>): ObjectStore {
  let calls = 0;
  const next = (): Promise<void> => before(calls++);
  return storeWith(store, {
    put: async (...all) => {
      await next();
      return store.put(...all);
    },
    get: async (...all) => {
      await next();
      return store.get(...all);
    },
    list: async (...all) => {
      await next();
      return store.list(...all);
    },
  });
}

async function withStore(use: (store: ObjectStore) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('erasure-records');
  const store = await openFolderStore({ folder: folder.path, now: () => new Date() });
  try {
    await use(store);
  } finally {
    await store.close();
    await folder.remove();
  }
}

/** What is there of one that has not been done: nothing yet, or that it is pending. */
function expectUnfinished(seen: readonly VehicleErasure[]): void {
  expect(seen.map(({ isPending }) => isPending)).toEqual(seen.length === 0 ? [] : [true]);
}

test('an erasure is never seen as over before it is, however its beginning is looked at', async () => {
  await withStore(async (store) => {
    const reader = new ErasureRecords(store);
    let looks = 0;
    const look = async (): Promise<void> => {
      looks += 1;
      expectUnfinished(await reader.ofVehicle(vid));
    };
    await new ErasureRecords(watched(store, look)).begin([erasure]);
    await look();
    expect(looks).toBe(3);
    expect(await reader.ofVehicle(vid)).toHaveLength(1);
  });
});

test('nor by whoever was looking when it began', async () => {
  // There are fewer calls in a look than this.
  for (let at = 0; at < 12; at += 1) {
    await withStore(async (store) => {
      const looking = watched(store, async (call) => {
        if (call === at) await new ErasureRecords(store).begin([erasure]);
      });
      expectUnfinished(await new ErasureRecords(looking).ofVehicle(vid));
    });
  }
});
