import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { type LocalRedis, startRedis } from '@passport/local-servers';
import { type Fact, type LogRow, views, withoutErased } from '@passport/model';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { compactEvents } from '../compaction/compact-events.ts';
import { compactView } from '../compaction/compact-view.ts';
import { type Engine, openEngine } from '../duckdb/engine.ts';
import {
  canary,
  CANARY_M,
  erasedBlocks,
  factsOf,
  keeper,
  laterBlock,
  other,
  PARTITIONS,
  READER_KEY,
  recordOf,
  rowsOf,
  type SmallBlock,
  vid,
} from '../testing/erased-ledger.ts';
import { ErasureWorld } from '../testing/erasure-world.ts';
import { filesWithBytes, filesWithText } from '../testing/find-bytes.ts';
import { Killed, storeWith } from '../testing/mortal-store.ts';
import { sumsOf } from '../testing/random-ledger.ts';

let root: string;
let spill: string;
let redis: LocalRedis;
let engine: Engine;
let world: ErasureWorld;
beforeAll(async () => {
  spill = await mkdtemp(join(tmpdir(), 'passport-spill-'));
  engine = await openEngine({ memoryMbMax: 256, threads: 1, spillDirectory: spill });
}, 120_000);
beforeEach(async () => {
  // One for each test: all of its files are looked through.
  root = await mkdtemp(join(tmpdir(), 'passport-erasure-'));
  redis = await startRedis({ directory: join(root, 'redis'), role: 'durable' });
  world = await ErasureWorld.open({ folder: join(root, 'worlds'), redis, engine });
  // So that what is looked for is found: a packed file would hide it.
  await world.redis.config('SET', 'rdbcompression', 'no');
}, 120_000);
afterEach(async () => {
  await world.close();
  await redis.stop();
  await rm(root, { recursive: true, force: true });
});
afterAll(async () => {
  engine.close();
  await rm(spill, { recursive: true, force: true });
});

const wheres = ['owner', 'trip', 'work', 'grant', 'wrap', 'hand-over'];
const noLimits = { fileBytesMin: 1 << 30, fileBytesMax: 1 << 30, filesMin: 2 };

/** In which files a canary is, of all that is on disk. */
async function leftOf(text: string): Promise<string[]> {
  return filesWithText(root, text, engine);
}

/** In which files records of the log are that have what was erased: they are packed, and as they came. */
async function recordsLeft(): Promise<string[]> {
  const values = erasedBlocks.flatMap((block, number) =>
    Array.from({ length: PARTITIONS }, (_, partition) => recordOf(block, number, partition)),
  );
  const found = await Promise.all(values.map((value) => filesWithBytes(root, value)));
  return [...new Set(found.flat())];
}

async function expectNothingLeft(): Promise<void> {
  expect(await recordsLeft()).toEqual([]);
  for (const text of [...wheres.map(canary), String(CANARY_M)])
    expect(await leftOf(text)).toEqual([]);
}

function rows(blocks: readonly SmallBlock[]): LogRow[] {
  return blocks.flatMap((block, number) => rowsOf(block, number));
}

/** Sums and log books are those of the blocks, without what was erased. */
async function expectExact({ orAsItWas = false } = {}): Promise<void> {
  const at = await world.watermark();
  const facts: Fact[] = [];
  for await (const part of world.archived.cells(at)) facts.push(...part);
  const archived = world.blocks.slice(0, at.block + 1);
  expect(sumsOf(facts)).toEqual(sumsOf(archived.flatMap((block) => factsOf(block))));
  for (const each of [vid, other]) {
    const own = rows(archived).filter((row) => row.vid === each);
    const book = await world.archived.book(each, at);
    // Until readers are sent elsewhere, the log book is as it was.
    const isAsItWas = orAsItWas && isDeepStrictEqual(book, own);
    if (!isAsItWas) expect(withoutErased(book)).toEqual(withoutErased(own));
  }
}

const blocks = [...erasedBlocks, laterBlock, laterBlock, laterBlock];

describe('an erasure', { timeout: 120_000 }, () => {
  test('leaves nothing in any file of any store, and all else as it was', async () => {
    await world.append(erasedBlocks);
    await world.sumUp();
    await world.archive();
    const before = await world.archive();
    // What is looked for is found before: in files of the archive, and in the log's.
    for (const where of wheres) {
      expect((await leftOf(canary(where))).join()).toMatch(/objects\/events\//);
    }
    expect((await recordsLeft()).join()).toMatch(/appendonly/);
    expect((await leftOf(String(CANARY_M))).join()).toMatch(/objects\/view_usage\//);
    await world.append([laterBlock]);
    await world.sumUp();
    for (let look = 0; look < 3; look += 1) await world.erase();
    expect(await recordsLeft()).toEqual([]);
    for (const where of wheres) expect(await leftOf(canary(where))).toEqual([]);
    // What waits to be released has not met yet what takes it back.
    for (const file of await leftOf(String(CANARY_M))) expect(file).toMatch(/pending_release/);
    expect((await leftOf(keeper('next'))).join()).toMatch(/objects\/events\//);
    expect((await leftOf(keeper('work'))).join()).toMatch(/objects\/events\//);
    // On a ledger that stands still the watermark's block stays, and readers come to another edition.
    const after = await world.watermark();
    expect(after).toMatchObject({ block: before.block, edition: 1 });
    await expectExact();
    expect(await world.records.ofVehicle(vid)).toMatchObject([
      {
        ...{ ownerEpoch: 1, saidIn: { block: 3, tx: 0 }, isPending: true, certificates: [] },
        holders: [
          { part: 'market', mspId: null },
          { part: 'registry', mspId: null },
          { part: 'grantee', mspId: 'GarageMSP' },
        ],
        readerKeys: [READER_KEY],
      },
    ]);
    await world.settle();
    await expectNothingLeft();
    await expectExact();
    const [done] = await world.records.ofVehicle(vid);
    expect(done).toMatchObject({ ownerEpoch: 1, isPending: false });
    expect(JSON.parse(done?.certificates[0]?.jws ?? '')).toMatchObject({
      erasure: { vid, ownerEpoch: 1, block: 3 },
      done: {
        found: { linesLeftOut: 2, linesChanged: 2, readerKeys: [READER_KEY] },
        rewritten: { block: 3, edition: 1 },
        trimmed: { block: 3 },
      },
    });
  });

  test('is the same where it dies at any change of the store and is repeated', async () => {
    await world.append(erasedBlocks);
    await world.archive();
    await world.archive();
    await world.passTime();
    let deaths = 0;
    // Each look dies one change later than the one before, until one of them lives to its end.
    for (let lives = 0; (await world.records.pending()).length > 0; lives += 1) {
      let left = lives;
      const die = (): void => {
        if (left === 0) throw new Killed('now');
        left -= 1;
      };
      const { store } = world.storage;
      const mortal = storeWith(store, {
        put: async (key, content, options) => {
          die();
          await store.put(key, content, options);
          die();
        },
        delete: async (keys) => {
          for (const key of keys) {
            die();
            await store.delete([key]);
          }
        },
      });
      await world.erase(mortal).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        deaths += 1;
      });
      await expectExact({ orAsItWas: true });
    }
    expect(deaths).toBeGreaterThan(10);
    await expectNothingLeft();
    await expectExact();
    // Once more changes nothing.
    const before = await world.watermark();
    await world.erase();
    expect(await world.watermark()).toEqual(before);
  });

  test('does not come back by a compaction that began before it', async () => {
    await world.append([...erasedBlocks, laterBlock]);
    await world.archive();
    await world.archive();
    const { store } = world.storage;
    let isFirst = true;
    const storage = {
      ...world.storage,
      store: storeWith(store, {
        put: async (key, content, options) => {
          await store.put(key, content, options);
          // It has stored its file, and not committed it yet.
          if (isFirst && key.includes('/part-')) {
            isFirst = false;
            await world.erase();
          }
        },
      }),
    };
    const both = Array.from({ length: PARTITIONS }, (_, partition) =>
      compactEvents(storage, world.cache, partition, noLimits),
    );
    const ends = await Promise.allSettled(both);
    const conflicts = ends.filter(({ status }) => status === 'rejected');
    expect(conflicts).toMatchObject([{ reason: { code: 'DELTA_CONFLICT' } }]);
    for (let look = 0; look < 3; look += 1) await world.erase();
    await world.settle();
    expect(await world.records.pending()).toEqual([]);
    await expectNothingLeft();
    await expectExact();
  });

  test('takes away what a compaction has made of it before', async () => {
    await world.append(blocks);
    for (let epoch = 0; epoch < 2; epoch += 1) await world.archive();
    for (let each = 0; each < PARTITIONS; each += 1) {
      await compactEvents(world.storage, world.cache, each, noLimits);
    }
    await compactView(world.storage, world.cache, views.usage, 0, noLimits);
    await world.archive();
    for (let look = 0; look < 3; look += 1) await world.erase();
    await world.settle();
    expect(await world.records.pending()).toEqual([]);
    await expectNothingLeft();
    await expectExact();
  });

  test('waits for an epoch that is half archived, and for readers of its watermark', async () => {
    await world.append(blocks);
    await world.archive();
    await world.archive();
    const { store } = world.storage;
    let puts = 0;
    const mortal = storeWith(store, {
      put: async (key, content, options) => {
        puts += 1;
        if (puts === 4) throw new Killed('in the middle');
        await store.put(key, content, options);
      },
    });
    await expect(world.archive({ ...world.storage, store: mortal })).rejects.toThrow(Killed);
    await world.erase();
    expect(await world.watermark()).toMatchObject({ block: 3, edition: 0 });
    const next = await world.archive();
    await world.erase();
    expect(await world.watermark()).toMatchObject({ block: next.block, edition: 1 });
    // Readers of the watermark before are still there: its files are as well.
    world.aheadMs -= 60_000;
    await world.erase();
    expect((await leftOf(canary('trip'))).join()).toMatch(/objects\/events\//);
    await world.settle();
    expect(await world.records.pending()).toEqual([]);
    await expectNothingLeft();
    await expectExact();
  });

  test('leaves the newest record, by which the listener goes on, until there is a newer one', async () => {
    await world.append(erasedBlocks);
    await world.archive();
    await world.archive();
    for (let look = 0; look < 4; look += 1) await world.erase();
    expect(await world.records.pending()).toHaveLength(1);
    expect(await world.log.last(0)).toBeDefined();
    expect(await leftOf(canary('trip'))).toEqual([]);
    expect((await recordsLeft()).join()).toMatch(/appendonly/);
    await world.append([laterBlock]);
    await world.erase();
    expect(await recordsLeft()).toEqual([]);
  });

  test('goes on beside another one, each with its certificate', async () => {
    const twice: SmallBlock[] = [
      ...erasedBlocks.slice(0, 3),
      {
        lines: [
          ...(erasedBlocks[3]?.lines ?? []),
          { kind: 'erased', vid: other, detail: { ownerEpoch: 1 } },
        ],
        distances: [...(erasedBlocks[3]?.distances ?? []), [other, -1_000]],
      },
      laterBlock,
    ];
    await world.append(twice);
    await world.archive();
    await world.archive();
    for (let look = 0; look < 3; look += 1) await world.erase();
    await world.settle();
    expect(await world.records.pending()).toEqual([]);
    expect(await world.records.ofVehicle(other)).toMatchObject([{ ownerEpoch: 1 }]);
    expect(await world.records.ofVehicle(vid)).toMatchObject([{ ownerEpoch: 1 }]);
    await expectNothingLeft();
    expect(await leftOf(keeper('other'))).toEqual([]);
    await expectExact();
  });
});
