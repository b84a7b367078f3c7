import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';
import { type ReleasedAnswer, readReleasedQuery, VIEW_DEFINITIONS } from '@passport/model';
import { createLogger } from '@passport/runtime';
import { beforeEach, describe, expect, test } from 'vitest';

import { ReleasedMirror } from './released-mirror.ts';

const logger = createLogger({ name: 'test', level: 'error', destination: { write: () => {} } });

const batch = (block: number, place: string, trips: number, vehicles: number): ReleasedBatch => ({
  view: 'usage',
  dimensions: [...place.split(' '), 'dt'],
  block,
  sums: [
    ['batches', 1],
    ['vehicles', vehicles],
    ['owners', 5],
    ['contributors', 1],
    ['trips', trips],
    ['distanceM', 1000 * trips],
    ['tripM#7', trips],
  ],
});

const all = [
  batch(3, '2026-01-01 Seat Leon DIESEL DE-BW telematics', 20, 10),
  batch(3, '2026-01-01 Seat Ibiza * * *', 30, 11),
  batch(7, '2026-01-02 Seat Leon * * *', 40, 12),
  batch(7, '* Seat * * * *', 50, 13),
  batch(7, '* * * * * *', 60, 14),
];

/** An archive whose watermark can move. */
class TestArchive implements ReleaseArchive {
  block = -1;
  ledger = 'fabric:a';
  readonly asked: number[] = [];

  watermark(): Promise<Watermark | undefined> {
    return this.watermarkAt(this.block);
  }

  watermarkAt(block: number): Promise<Watermark | undefined> {
    if (block < 0 || block % 4 !== 3) return Promise.resolve(undefined);
    return Promise.resolve({
      ...{ ledger: this.ledger, block, hash: String(block), ledgerTimeMs: block * 1000 },
      ...{ epochBlocks: 4, partitions: 1, definitions: 1, tables: {}, edition: 0 },
    });
  }

  async *batches(at: Watermark, after: number): AsyncGenerator<ReleasedBatch[]> {
    this.asked.push(after);
    for (const each of all) if (each.block <= at.block && each.block > after) yield [each];
  }
}

let archive: TestArchive;
let mirror: ReleasedMirror;
beforeEach(() => {
  archive = new TestArchive();
  mirror = new ReleasedMirror({ archive, logger, pollMs: 1 });
});

const ask = (question: string, atBlock?: number): Promise<ReleasedAnswer> =>
  mirror.answer(readReleasedQuery('usage', new URLSearchParams(question)), atBlock);

/** Moves the watermark, and the mirror behind it. */
async function move(block: number): Promise<void> {
  archive.block = block;
  await mirror.advance();
}

describe('what was released', () => {
  test('is answered as of the watermark, by sums over batches', async () => {
    await expect(ask('metrics=trips')).rejects.toMatchObject({ code: 'NOT_READY' });
    await move(3);
    await move(7);
    expect(await ask('metrics=trips,vehicles,owners,batches,tripMP50&by=model')).toEqual({
      ...{ ledger: 'fabric:a', block: 7, blockHash: '7', ledgerTime: '1970-01-01T00:00:07.000Z' },
      ...{
        definitions: VIEW_DEFINITIONS,
        view: 'usage',
        by: ['model'],
        epochBlocks: 4,
        k: 10,
        batches: 5,
      },
      coarser: { batches: 0, vehicles: 0 },
      metrics: [
        { name: 'trips', unit: 'trips' },
        { name: 'vehicles', unit: 'vehicles' },
        { name: 'owners', unit: 'owners' },
        { name: 'batches', unit: 'batches' },
        { name: 'tripMP50', unit: 'm' },
      ],
      rows: [
        ['*', 110, 27, 10, 2, 7],
        ['Ibiza', 30, 11, 5, 1, 7],
        ['Leon', 60, 22, 10, 2, 7],
      ],
    });
    // Only what is new was read.
    expect(archive.asked).toEqual([-1, 3]);
  });

  test.each([
    ['model=Leon', 60, { batches: 2, vehicles: 27 }],
    ['brand=Seat', 140, { batches: 1, vehicles: 14 }],
    ['brand=Seat&model=Leon', 60, { batches: 2, vehicles: 27 }],
    ['brand=Audi', 0, { batches: 1, vehicles: 14 }],
    ['from=2026-01-02', 40, { batches: 2, vehicles: 27 }],
    ['to=2026-01-01', 50, { batches: 2, vehicles: 27 }],
    ['to=2026-01-01&model=Leon', 20, { batches: 2, vehicles: 27 }],
    ['model=*', 110, { batches: 0, vehicles: 0 }],
    ['region=DE-BW', 20, { batches: 4, vehicles: 50 }],
  ])('leaves out, and counts, what does not tell: %s', async (filter, trips, coarser) => {
    await move(7);
    expect(await ask(`metrics=trips&${filter}`)).toMatchObject({ rows: [[trips]], coarser });
  });

  test('is as it was at an older watermark, however it was loaded', async () => {
    await move(3);
    const then = await ask('metrics=trips,vehicles&by=day,model');
    await move(7);
    expect(await ask('metrics=trips,vehicles&by=day,model', 3)).toEqual(then);
    const anew = new ReleasedMirror({ archive, logger, pollMs: 1 });
    await anew.advance();
    mirror = anew;
    expect(await ask('metrics=trips,vehicles&by=day,model', 3)).toEqual(then);
    for (const block of [4, 11]) {
      await expect(ask('metrics=trips', block)).rejects.toMatchObject({ code: 'BLOCK_NOT_HELD' });
    }
  });

  test('is loaded anew where the ledger is another', async () => {
    await move(7);
    archive.ledger = 'fabric:b';
    await move(3);
    expect(await ask('metrics=trips')).toMatchObject({ ledger: 'fabric:b', rows: [[50]] });
  });

  test.each(['metrics=meanQuality', 'metrics=trips&by=vid', 'metrics=trips&released=3'])(
    'has no %s',
    async (question) => {
      await move(7);
      expect(() => readReleasedQuery('usage', new URLSearchParams(question))).toThrow(/the view/);
    },
  );
});
