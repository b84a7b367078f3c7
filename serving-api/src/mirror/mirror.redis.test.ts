import { emptyArchive, type ViewArchive, type Watermark } from '@passport/batch-layer';
import {
  ERASURES,
  type Fact,
  ownersCell,
  VIEW_DEFINITIONS,
  type ViewQuery,
  vidOfBytes,
} from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  EPOCH_BLOCKS,
  LEDGER,
  MirrorFixture,
  START_MS,
  type TestBlock,
  type World,
} from '../testing/mirror-fixture.ts';
import { naiveRows } from '../testing/naive-answer.ts';
import { randomFact, randomQuery } from '../testing/random-facts.ts';
import { Mirror } from './mirror.ts';

const PARTITIONS = 3;
const fixture = new MirrorFixture();

/** Facts of a block by partition; some are those of an earlier block, taken back. */
const randomBlocks: fc.Arbitrary<TestBlock[]> = fc
  .array(
    fc.record({
      stepMs: fc.constantFrom(0, 1, 60_000, 900_000, 3_600_000),
      facts: fc.array(fc.array(randomFact, { maxLength: 4 }), {
        minLength: PARTITIONS,
        maxLength: PARTITIONS,
      }),
      takesBack: fc.option(fc.nat(), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 14, size: 'max' },
  )
  .map((blocks) => {
    const taken = new Set<number>();
    return blocks.map(({ stepMs, facts, takesBack }, number) => {
      const which = number === 0 || takesBack === undefined ? -1 : takesBack % number;
      const source = taken.has(which) ? undefined : blocks[which];
      if (source === undefined) return { stepMs, facts };
      taken.add(which);
      const negative = source.facts.map((own) =>
        own.map((fact) => ({ ...fact, delta: -fact.delta })),
      );
      return {
        stepMs,
        facts: facts.map((own, partition) => [...own, ...(negative[partition] ?? [])]),
      };
    });
  });

const randomSteps = fc.array(
  fc.record({ partition: fc.nat(PARTITIONS - 1), blocks: fc.integer({ min: 1, max: 6 }) }),
  { maxLength: 12, size: 'max' },
);

function withErasure(facts: TestBlock['facts']): TestBlock['facts'] {
  const erasure = { cell: ownersCell(vidOfBytes(Buffer.alloc(16, 1))), key: ERASURES, delta: 1 };
  return facts.map((own, partition) => (partition === 1 ? [...own, erasure] : own));
}

function plainBlocks(count: number): TestBlock[] {
  return Array.from({ length: count }, (_, number) => ({
    stepMs: 1_000,
    facts: Array.from({ length: PARTITIONS }, (__, partition): Fact[] => [
      { cell: cellOf(number % 5), key: 'trips', delta: 1 },
      { cell: cellOf(partition), key: 'vehicle@v', delta: 1 },
    ]),
  }));
}

function cellOf(brand: number): string {
  return ['usage', '2026-01-01', `b${brand}`, 'm', 'e', 'r', 'k', 'dt'].join('\u001f');
}

const byBrand: ViewQuery = {
  ...{ view: 'usage', metrics: ['trips', 'vehicles'], by: ['brand'] },
  ...{ filters: {}, from: undefined, to: undefined },
};

function expectExact(mirror: Mirror, world: World, queries: readonly ViewQuery[]): void {
  const { block } = mirror;
  for (const query of queries) {
    const { rows, ...at } = mirror.answer(query);
    expect(at).toMatchObject({ block, ledger: LEDGER, definitions: VIEW_DEFINITIONS });
    expect(rows).toEqual(naiveRows(world.factsUpTo(block), query, world.ledgerTimeAt(block)));
  }
}

describe('a mirror', { timeout: START_MS }, () => {
  test('is exact at one block, however partitions run ahead of each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomBlocks,
        randomSteps,
        fc.array(randomQuery, { minLength: 1, maxLength: 4 }),
        async (blocks, steps, queries) => {
          const world = await fixture.world(blocks, PARTITIONS);
          const options = {
            ...{ archive: emptyArchive, speed: world.speed },
            partitions: PARTITIONS,
          };
          await expect(Mirror.load(options)).rejects.toMatchObject({ code: 'NOT_READY' });
          const reached = Array.from({ length: PARTITIONS }, () => 0);
          for (const [partition] of reached.entries()) await world.write(partition, 0);
          await world.settle();
          let mirror = await Mirror.load(options);
          const given = new Map<number, unknown>();
          for (const { partition, blocks: more } of steps) {
            reached[partition] = Math.min(blocks.length - 1, (reached[partition] ?? 0) + more);
            await world.write(partition, reached[partition] ?? 0);
            await world.settle();
            const before = mirror.block;
            expect(await mirror.advance()).toBe(Math.min(...reached) > before);
            expect(mirror.block).toBe(Math.min(...reached));
            expectExact(mirror, world, queries);
            given.set(
              mirror.block,
              queries.map((query) => mirror.answer(query)),
            );
          }
          for (const [block, answers] of given) {
            expect(queries.map((query) => mirror.answer(query, block))).toEqual(answers);
          }
          expectExact(mirror, world, queries);
          for (let partition = 0; partition < PARTITIONS; partition += 1) {
            await world.write(partition, blocks.length - 1);
          }
          await world.settle();
          mirror = await Mirror.load(options);
          expect(mirror.block).toBe(blocks.length - 1);
          expectExact(mirror, world, queries);
          await fixture.clean();
        },
      ),
      { numRuns: 25 },
    );
  });

  test('waits for a partition that stands for 200 blocks, then has all of it', async () => {
    const world = await fixture.world(plainBlocks(260), PARTITIONS);
    const options = { ...{ archive: emptyArchive, speed: world.speed }, partitions: PARTITIONS };
    for (const partition of [0, 1, 2]) await world.write(partition, 40);
    await world.settle();
    const mirror = await Mirror.load(options);
    for (const last of [90, 141, 240]) {
      await world.write(0, last);
      await world.write(2, last);
      await world.settle();
      expect(await mirror.advance()).toBe(false);
      expect(mirror.block).toBe(40);
      expectExact(mirror, world, [byBrand]);
      // Who loads now cannot: one partition is not where the others are.
      await expect(Mirror.load(options)).rejects.toMatchObject({ code: 'NOT_READY' });
    }
    await world.write(1, 259);
    await world.settle();
    expect(await mirror.advance()).toBe(true);
    expect(mirror.block).toBe(240);
    expectExact(mirror, world, [byBrand]);
    expect(mirror.oldestBlock).toBe(40);
    const rows = naiveRows(world.factsUpTo(97), byBrand, world.ledgerTimeAt(97));
    expect(mirror.answer(byBrand, 97).rows).toEqual(rows);
  });

  test('holds so many older blocks, and says which when it is asked for another', async () => {
    const world = await fixture.world(plainBlocks(40), PARTITIONS);
    const shared = { archive: emptyArchive, speed: world.speed, partitions: PARTITIONS };
    const write = async (last: number): Promise<void> => {
      for (const partition of [0, 1, 2]) await world.write(partition, last);
      await world.settle();
    };
    await write(0);
    const byBlocks = await Mirror.load({ ...shared, limits: { heldBlocks: 8, heldFacts: 1e9 } });
    const byFacts = await Mirror.load({ ...shared, limits: { heldBlocks: 100, heldFacts: 31 } });
    for (const last of [3, 17, 39]) {
      await write(last);
      await byBlocks.advance();
      await byFacts.advance();
    }
    expect([byBlocks.oldestBlock, byBlocks.block]).toEqual([32, 39]);
    // 6 facts a block: five of them fit.
    expect([byFacts.oldestBlock, byFacts.block]).toEqual([35, 39]);
    for (const mirror of [byBlocks, byFacts]) {
      for (let block = mirror.oldestBlock; block <= 39; block += 1) {
        const rows = naiveRows(world.factsUpTo(block), byBrand, world.ledgerTimeAt(block));
        expect(mirror.answer(byBrand, block).rows).toEqual(rows);
      }
      for (const block of [0, mirror.oldestBlock - 1, 40]) {
        expect(() => mirror.answer(byBrand, block)).toThrow(
          expect.objectContaining({ code: 'BLOCK_NOT_HELD' }),
        );
        expect(() => mirror.answer(byBrand, block)).toThrow(
          `blocks ${mirror.oldestBlock} to 39 are held`,
        );
      }
      expectExact(mirror, world, [byBrand]);
    }
  });

  test('lets go of blocks before an erasure, and of those after it holds as before', async () => {
    const erasedIn = 21;
    const blocks = plainBlocks(40).map((block, number) =>
      number === erasedIn ? { ...block, facts: withErasure(block.facts) } : block,
    );
    const world = await fixture.world(blocks, PARTITIONS);
    const shared = { archive: emptyArchive, speed: world.speed, partitions: PARTITIONS };
    const write = async (last: number): Promise<void> => {
      for (const partition of [0, 1, 2]) await world.write(partition, last);
      await world.settle();
    };
    await write(0);
    const mirror = await Mirror.load(shared);
    await write(erasedIn - 1);
    await mirror.advance();
    expect(mirror.answer(byBrand, erasedIn - 5).block).toBe(erasedIn - 5);
    // It comes with blocks behind it in one step.
    await write(30);
    await mirror.advance();
    expect([mirror.oldestBlock, mirror.block]).toEqual([erasedIn, 30]);
    for (const block of [0, erasedIn - 5, erasedIn - 1]) {
      expect(() => mirror.answer(byBrand, block)).toThrow(
        expect.objectContaining({ code: 'BLOCK_NOT_HELD' }),
      );
    }
    await write(39);
    await mirror.advance();
    for (let block = erasedIn; block <= 39; block += 1) {
      const rows = naiveRows(world.factsUpTo(block), byBrand, world.ledgerTimeAt(block));
      expect(mirror.answer(byBrand, block).rows).toEqual(rows);
    }
  });

  test('is not there yet while state and archive do not meet', async () => {
    const world = await fixture.world(plainBlocks(24), PARTITIONS);
    for (const partition of [0, 1, 2]) await world.write(partition, 20);
    await world.settle();
    const load = (archive: ViewArchive) =>
      Mirror.load({ archive, speed: world.speed, partitions: PARTITIONS });
    const notReady = (why: string): unknown =>
      expect.objectContaining({
        code: 'NOT_READY',
        message: expect.stringContaining(why) as string,
      });
    // Two epochs are in the archive, and the speed layer has dropped them.
    const at7 = archiveAt(world, [7]);
    for (const partition of [0, 1, 2]) await world.store.dropEpochsBefore(partition, 2);
    const mirror = await load(at7);
    expect(mirror.block).toBe(20);
    expectExact(mirror, world, [byBrand]);
    await expect(load(emptyArchive)).rejects.toEqual(notReady('no whole state'));
    await expect(load(archiveAt(world, [3]))).rejects.toEqual(notReady('no whole state'));
    await expect(load(archiveAt(world, [7, 11]))).rejects.toEqual(
      notReady('the watermark has moved'),
    );
    await expect(load(archiveAt(world, [7], 'fabric:9'))).rejects.toEqual(notReady('not fabric:9'));
    // The archive is ahead of every partition: it alone is exact, up to where it goes.
    const ahead = await load(archiveAt(world, [23]));
    expect(ahead.block).toBe(23);
    expectExact(ahead, world, [byBrand]);
    for (const partition of [0, 1, 2]) await world.write(partition, 23);
    await world.settle();
    expect(await ahead.advance()).toBe(false);
    await mirror.advance();
    expectExact(mirror, world, [byBrand]);
  });

  test('asks to be loaded anew when what it needs next is gone', async () => {
    const world = await fixture.world(plainBlocks(24), PARTITIONS);
    for (const partition of [0, 1, 2]) await world.write(partition, 5);
    await world.settle();
    const mirror = await Mirror.load({
      archive: emptyArchive,
      speed: world.speed,
      partitions: PARTITIONS,
    });
    for (const partition of [0, 1, 2]) await world.write(partition, 20);
    await world.settle();
    await world.store.dropEpochsBefore(1, 3);
    await expect(mirror.advance()).rejects.toMatchObject({ code: 'NOT_READY' });
    expect(mirror.block).toBe(5);
    expectExact(mirror, world, [byBrand]);
    await world.redis.hset(`passport:{${world.name}:2}:3:position`, 'ledger', 'fabric:9');
    await expect(mirror.advance()).rejects.toThrow('state is of fabric:9');
  });
});

/** An archive of all blocks up to its watermark, which moves each time it is looked at. */
function archiveAt(world: World, watermarks: readonly number[], ledger = LEDGER): ViewArchive {
  let looks = 0;
  return {
    ...emptyArchive,
    watermark: () => {
      const block = watermarks[Math.min(looks, watermarks.length - 1)] ?? -1;
      looks += 1;
      return Promise.resolve<Watermark>({
        ...{ ledger, block, hash: block.toString(16).padStart(64, '0') },
        ...{ ledgerTimeMs: world.ledgerTimeAt(block), epochBlocks: EPOCH_BLOCKS },
        ...{ partitions: PARTITIONS, definitions: VIEW_DEFINITIONS, tables: {}, edition: 0 },
      });
    },
    async *cells({ block }) {
      const facts = world.factsUpTo(block);
      yield facts.slice(0, 5);
      await Promise.resolve();
      yield facts.slice(5);
    },
  };
}
