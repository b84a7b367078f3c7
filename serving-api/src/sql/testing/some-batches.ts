import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';

/** Batches of three epochs of four blocks: `usage` by day, brand and model, and one of `events`. */
export const someBatches: readonly ReleasedBatch[] = [3, 7, 11].flatMap((block) =>
  ['A', 'B', '*'].flatMap((brand, place) => [
    {
      view: 'usage',
      dimensions: [`2026-01-0${1 + place}`, brand, 'm', '*', '*', '*'],
      block,
      sums: [
        ...[['batches', 1] as const, ['vehicles', 10 + block] as const, ['owners', 5] as const],
        ...[['contributors', 2] as const, ['trips', 100 * block] as const],
        ...[['distanceM', 1_000 * block + place] as const, ['tripM#7', block] as const],
      ],
    } satisfies ReleasedBatch,
    {
      view: 'events',
      dimensions: ['*', brand, '*', '*', '*', '*', 'trip'],
      block,
      sums: [['batches', 1] as const, ['vehicles', 12] as const, ['events', 50] as const],
    } satisfies ReleasedBatch,
  ]),
);

/** So many batches of block 3, each of another day and number of trips. */
export function manyBatches(count: number): readonly ReleasedBatch[] {
  return Array.from({ length: count }, (_, number) => ({
    ...{ view: 'usage' as const, block: 3 },
    dimensions: [
      new Date(Date.UTC(2000, 0, number)).toISOString().slice(0, 10),
      ...[`brand ${number % 40}`, `model ${number % 700}`, '*', `DE-${number % 16}`, '*'],
    ],
    sums: [
      ...[['batches', 1] as const, ['vehicles', 10 + (number % 50)] as const],
      ...[['trips', number] as const, ['distanceM', 9_001 * number] as const],
    ],
  }));
}

/** An archive of batches whose watermark can move. */
export class BatchArchive implements ReleaseArchive {
  block: number;
  ledger = 'fabric:0123';
  readonly #batches: readonly ReleasedBatch[];

  constructor(batches: readonly ReleasedBatch[], block: number) {
    this.#batches = batches;
    this.block = block;
  }

  watermark(): Promise<Watermark | undefined> {
    return this.watermarkAt(this.block);
  }

  watermarkAt(block: number): Promise<Watermark | undefined> {
    if (block < 0 || block % 4 !== 3) return Promise.resolve(undefined);
    return Promise.resolve({
      ...{
        ledger: this.ledger,
        block,
        edition: 0,
        hash: String(block),
        ledgerTimeMs: block * 1000,
      },
      ...{ epochBlocks: 4, partitions: 1, definitions: 1, tables: {} },
    });
  }

  // Files come in whatever order compaction leaves them.
  async *batches(at: Watermark, after: number): AsyncGenerator<ReleasedBatch[]> {
    const own = this.#batches.filter(({ block }) => block <= at.block && block > after);
    for (const batch of own.toReversed()) yield [batch];
  }
}
