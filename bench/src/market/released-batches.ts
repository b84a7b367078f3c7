import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';

/** The block at whose end the batches were released. */
const BLOCK = 63;
const CHUNK_ROWS = 2_048;

/** Where they are exact. */
const watermark: Watermark = {
  ...{ ledger: 'fabric:0', block: BLOCK, edition: 0, hash: '0', ledgerTimeMs: 0 },
  ...{ epochBlocks: 64, partitions: 1, definitions: 1, tables: {} },
};

/** Batches of the view `usage`, as many as wanted: days from 2016 on, 23 brands, 16 regions. */
export function batchParts(count: number): readonly (readonly ReleasedBatch[])[] {
  return Array.from({ length: Math.ceil(count / CHUNK_ROWS) }, (_, part) => {
    const first = part * CHUNK_ROWS;
    const length = Math.min(CHUNK_ROWS, count - first);
    return Array.from({ length }, (__, place) => batch(first + place));
  });
}

/** Of each of them, a batch of the same events as the view `events` has them: their quality is told with answers. */
export function eventParts(
  parts: readonly (readonly ReleasedBatch[])[],
): readonly (readonly ReleasedBatch[])[] {
  return parts.map((part) =>
    part.map(({ dimensions, block }, place) => ({
      ...{ view: 'events' as const, block },
      dimensions: [...dimensions.slice(0, 6), 'trip', '*'],
      sums: [
        ...[['batches', 1] as const, ['vehicles', 10] as const, ['events', 100] as const],
        ['qualityPoints', 60_000 + 100 * (place % 300)] as const,
      ],
    })),
  );
}

/** An archive that has them and nothing else. */
export function archiveOf(parts: readonly (readonly ReleasedBatch[])[]): ReleaseArchive {
  return {
    watermark: () => Promise.resolve(watermark),
    watermarkAt: () => Promise.resolve(watermark),
    async *batches() {
      for (const part of parts) yield part;
    },
  };
}

function batch(number: number): ReleasedBatch {
  const brand = number % 23;
  const day = new Date(Date.UTC(2016, 0, Math.floor(number / 140) % 3650));
  return {
    ...{ view: 'usage' as const, block: BLOCK },
    dimensions: [
      ...[day.toISOString().slice(0, 10), `brand ${brand}`, `model ${brand}-${number % 11}`],
      ...[['DIESEL', 'PETROL', 'ELECTRIC'][number % 3] ?? '', `DE-${number % 16}`, '*', '*'],
    ],
    sums: [
      ...[['batches', 1] as const, ['vehicles', 10 + (number % 90)] as const],
      ...[['owners', 10] as const, ['contributors', 2] as const],
      ...[['trips', 20 + (number % 301)] as const, ['harshBrakes', number % 17] as const],
      ...[['distanceM', 9_001 * (20 + (number % 997))] as const, ['tripM#7', number % 5] as const],
    ],
  };
}
