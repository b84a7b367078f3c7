import { emptyArchive, type ViewArchive, type Watermark } from '@passport/batch-layer';
import {
  type ExactAt,
  type LogRow,
  parseDay,
  parseSourceId,
  parseVid,
  partitionOf,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import {
  EPOCH_BLOCKS,
  LEDGER,
  MirrorFixture,
  START_MS,
  type TestBlock,
  type World,
} from '../testing/mirror-fixture.ts';
import { readVehicle } from './vehicle-reader.ts';

const PARTITIONS = 2;
const LAST = 11;
const vid = parseVid(`${'a'.repeat(25)}a`);
const other = parseVid(`${'b'.repeat(25)}a`);
const own = partitionOf(vid, PARTITIONS);
const source = parseSourceId('MakerMSP/main');

const fixture = new MirrorFixture();

/** Each block has a trip of the vehicle; days run backwards, and the last one voids the first. */
function rowOf(block: number): LogRow {
  const voids = { source, entry: 1, index: 0, reason: 'mistaken' };
  const state = block === 5 ? { state: 'damaged' } : {};
  return {
    ...{ block, tx: 0, index: 0, vid, kind: block === LAST ? 'voided' : 'trip' },
    ...{ at: parseDay(`2026-01-${30 - block}`), recordedAtMs: block * 1_000 },
    ...{ place: { source, entry: block + 1, index: 0 }, odometerKm: block, quality: 500 },
    detail: JSON.stringify(block === LAST ? { voids } : state),
  };
}

const blocks: TestBlock[] = Array.from({ length: LAST + 1 }, (_, block) => ({
  ...{ stepMs: 1_000, facts: [] },
  rows: Array.from({ length: PARTITIONS }, (__, partition) =>
    partition === own ? [rowOf(block)] : [],
  ),
}));

async function worldAt(last: number): Promise<World> {
  const world = await fixture.world(blocks, PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    await world.write(partition, last);
  await world.settle();
  return world;
}

function at(block: number): ExactAt {
  const known = { ledger: LEDGER, blockHash: '', ledgerTime: '', definitions: VIEW_DEFINITIONS };
  return { ...known, block };
}

function watermarkAt(block: number, edition = 0): Watermark {
  return {
    ...{ ledger: LEDGER, block, edition, hash: '', ledgerTimeMs: 0, epochBlocks: EPOCH_BLOCKS },
    ...{ partitions: PARTITIONS, definitions: VIEW_DEFINITIONS, tables: {} },
  };
}

/** An archive whose watermark is another one with each look. */
function archiveAt(...watermarks: number[]): ViewArchive {
  let looks = 0;
  return {
    ...emptyArchive,
    watermark: () => {
      const block = watermarks[Math.min(looks, watermarks.length - 1)] ?? -1;
      looks += 1;
      return Promise.resolve(watermarkAt(block));
    },
    book: (_, { block }) =>
      Promise.resolve(Array.from({ length: block + 1 }, (__, of) => rowOf(of))),
  };
}

function read(world: World, archive: ViewArchive, block: number, of = vid) {
  return readVehicle(of, at(block), { archive, speed: world.speed, partitions: PARTITIONS });
}

describe('a log book', { timeout: START_MS }, () => {
  test('is whole at any block, wherever the archive ends', async () => {
    const world = await worldAt(LAST);
    for (let block = 0; block <= LAST; block += 1) {
      const answers = await Promise.all(
        [emptyArchive, archiveAt(3), archiveAt(7), archiveAt(11)].map((archive) =>
          read(world, archive, block),
        ),
      );
      for (const answer of answers) {
        expect(answer).toMatchObject({
          vid,
          block,
          state: block < 5 ? 'in-service' : 'damaged',
          owners: 0,
        });
        // By day, and the days run backwards.
        const numbers = Array.from({ length: block + 1 }, (_, number) => block - number);
        expect(answer?.events.map((event) => event.block)).toEqual(numbers);
        const voided = answer?.events.filter(({ voidedBy }) => voidedBy !== null);
        const voiding = { source, entry: LAST + 1, index: 0 };
        expect(voided?.map((event) => [event.block, event.voidedBy])).toEqual(
          block === LAST ? [[0, voiding]] : [],
        );
      }
    }
    expect(await read(world, emptyArchive, LAST, other)).toBeUndefined();
  });

  test('is read again when the watermark moves meanwhile, and not for ever', async () => {
    const world = await worldAt(LAST);
    const moved = await read(world, archiveAt(3, 7, 7), LAST);
    expect(moved?.events).toHaveLength(LAST + 1);
    await expect(read(world, archiveAt(3, 7, 3, 7, 3, 7, 3, 7), LAST)).rejects.toMatchObject({
      code: 'NOT_READY',
    });
  });

  test('is read at the watermark that was seen, and again where that is not the newest one', async () => {
    const world = await worldAt(LAST);
    const gone = new Error('no such file');
    const reads: string[] = [];
    const from = (seen: Watermark, newest: Watermark, readable: Watermark): ViewArchive => ({
      ...{ ...emptyArchive, seen, watermark: () => Promise.resolve(newest) },
      book: (_, { block, edition }) => {
        reads.push(`${block}.${edition}`);
        if (block !== readable.block || edition !== readable.edition) return Promise.reject(gone);
        return Promise.resolve(Array.from({ length: block + 1 }, (__, of) => rowOf(of)));
      },
    });
    const [three, seven, erased] = [watermarkAt(3), watermarkAt(7), watermarkAt(7, 1)];
    for (const archive of [
      from(seven, seven, seven),
      from(three, seven, seven),
      from(seven, erased, erased),
    ]) {
      expect((await read(world, archive, LAST))?.events).toHaveLength(LAST + 1);
    }
    expect(reads).toEqual(['7.0', '3.0', '7.0', '7.0', '7.1']);
    await expect(read(world, from(seven, seven, erased), LAST)).rejects.toBe(gone);
  });

  test('is not there while the store does not have all of it', async () => {
    const world = await worldAt(6);
    expect((await read(world, emptyArchive, 6))?.events).toHaveLength(7);
    // The store is behind, it has lost its beginning, it has lost everything.
    await expect(read(world, emptyArchive, 7)).rejects.toMatchObject({ code: 'NOT_READY' });
    expect((await read(world, archiveAt(7), 7))?.events).toHaveLength(8);
    const key = `passport:{${world.name}:${own}}:3:position`;
    await world.redis.hset(key, 'since', '4');
    await expect(read(world, emptyArchive, 6)).rejects.toMatchObject({ code: 'NOT_READY' });
    expect((await read(world, archiveAt(3), 6))?.events).toHaveLength(7);
    await world.redis.unlink(key);
    await expect(read(world, archiveAt(3), 6)).rejects.toMatchObject({ code: 'NOT_READY' });
  });
});
