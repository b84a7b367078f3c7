import {
  type KeyId,
  parseInstant,
  parseKeyId,
  parseSourceId,
  parseVid,
  type SourceKind,
} from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openFoldDb, writeAll } from './fold-db.ts';
import { FoldStore } from './fold-store.ts';
import { change, sources, vids } from './testing/random-changes.ts';
import { care, height, RangesBesideMaps } from './testing/ranges-beside-maps.ts';

const TIMEOUT_MS = 60_000;

const step = fc.oneof({ weight: 8, arbitrary: change }, { weight: 5, arbitrary: care });

describe('the memory of the fold in a folder', () => {
  test(
    'answers as one of maps, while ranges are committed, cut off and opened again at any time',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
          const folder = await temporaryFolder('fold-store');
          const both = await RangesBesideMaps.open(folder.path);
          try {
            for (const each of steps) {
              if (typeof each === 'object' && 'call' in each) await both.make(each);
              else await both.care(each);
              await both.prepare();
              expect(both.found).toEqual(both.wanted);
            }
            await both.reopen();
            await both.prepare();
            expect(both.found).toEqual(both.wanted);
          } finally {
            await both.store.close();
            await folder.remove();
          }
        }),
        { numRuns: 100 },
      );
    },
    TIMEOUT_MS,
  );

  test('goes on from what is committed when a commit fails', async () => {
    const folder = await temporaryFolder('fold-store');
    const store = await FoldStore.open(folder.path);
    try {
      const [source = parseSourceId('MakerMSP/main')] = sources;
      const other = parseSourceId('MakerMSP/main-3');
      // There is no JSON of it.
      const unwritable = 1n as unknown as SourceKind;
      store.putSourceKind(source, 'claims');
      store.seal(height);
      await store.commit(height.number);
      store.putSourceKind(other, unwritable);
      store.seal({ ...height, number: 8 });
      await expect(store.commit(8)).rejects.toThrow('serialize');
      await expect(store.commit(8)).rejects.toThrow('serialize');
      store.discard();
      expect(store.sourceKind(other)).toBeUndefined();
      expect(store.sourceKind(source)).toBe('claims');
      expect(store.height).toEqual(height);
    } finally {
      await store.close();
      await folder.remove();
    }
  });

  test('keeps what each range has erased, and no key that is not destroyed', async () => {
    const folder = await temporaryFolder('fold-store');
    const store = await FoldStore.open(folder.path);
    try {
      const [one = parseVid('a'.repeat(26))] = vids;
      const erasedAt = (block: number, readerKeys: readonly KeyId[]) => ({
        ...{ vid: one, block, readerKeys, at: parseInstant('2026-01-01T00:00:00.000Z') },
      });
      const erased = [erasedAt(7, [parseKeyId('R'.repeat(42) + 'A')]), erasedAt(9, [])];
      store.seal(height, erased.slice(0, 1));
      store.seal({ ...height, number: 8 });
      store.seal({ ...height, number: 9 }, erased.slice(1));
      await store.commit(8);
      expect([store.erased, store.erasedLast, store.height?.number]).toEqual([
        ...[erased.slice(0, 1), 7, 8],
      ]);
      await store.commit(100);
      expect([store.erased, store.erasedLast, store.height?.number]).toEqual([erased, 7, 9]);
    } finally {
      await store.close();
      await folder.remove();
    }
  });

  test('has no height when another version has written it', async () => {
    const folder = await temporaryFolder('fold-store');
    try {
      const first = await FoldStore.open(folder.path);
      first.seal(height);
      await first.commit(height.number);
      expect(first.height).toEqual(height);
      await first.close();
      const db = await openFoldDb(folder.path);
      await writeAll(db, [['signals', 'other,signals']]);
      await db.close();
      const later = await FoldStore.open(folder.path);
      expect(later.height).toBeUndefined();
      await later.close();
    } finally {
      await folder.remove();
    }
  });
});
