import { instantOf, type LiveFigures, type LiveHeight, type ReleasePoint } from '@passport/model';

const START_MS = Date.UTC(2026, 10, 28, 9, 0, 0);
const EPOCH_MS = 90_000;
const EPOCH_BLOCKS = 16;

/** What one epoch has released: more at some times than at others. */
export function somePoint(epoch: number): ReleasePoint {
  const busy = 1 + Math.abs(Math.sin(epoch / 4)) * 2;
  return {
    block: (epoch + 1) * EPOCH_BLOCKS - 1,
    ledgerTime: instantOf(START_MS + epoch * EPOCH_MS),
    ...{ events: Math.round(410 * busy), trips: Math.round(330 * busy) },
    ...{ distanceM: Math.round(3_900_000 * busy), batches: Math.round(9 * busy) },
  };
}

/** Figures after so many epochs. */
export function someFigures(epochs: number): LiveFigures {
  const releases = Array.from({ length: epochs }, (_, epoch) => somePoint(epoch));
  const last = releases.at(-1) ?? somePoint(0);
  const total = (name: 'events' | 'trips' | 'distanceM' | 'batches', of = releases): number =>
    of.reduce((sum, point) => sum + point[name], 0);
  const sums = (of: readonly ReleasePoint[], permille = 1000) => {
    const part = (name: 'events' | 'trips' | 'distanceM' | 'batches'): number =>
      Math.round((total(name, [...of]) * permille) / 1000);
    return {
      ...{ events: part('events'), trips: part('trips') },
      ...{ distanceM: part('distanceM'), batches: part('batches') },
    };
  };
  const window = (name: string, of: readonly ReleasePoint[], isWhole: boolean) => ({
    ...{ window: name, releases: of.length, isWhole },
    ...sums(of),
  });
  const region = (name: string, permille: number) => ({
    region: name,
    ...sums(releases, permille),
  });
  return {
    ...{ ledger: `fabric:${'ab'.repeat(16)}`, block: last.block, blockHash: 'cd'.repeat(32) },
    ...{ ledgerTime: last.ledgerTime, definitions: 3, epochBlocks: EPOCH_BLOCKS, k: 10 },
    totals: sums(releases),
    windows: [
      window('1h', releases.slice(-40), true),
      window('24h', releases, true),
      window('7d', releases, false),
    ],
    regions: [
      ...[region('*', 120), region('DE-NW', 260), region('ES-MD', 170)],
      ...[region('FR-IDF', 290), region('IT-25', 160)],
    ],
    kinds: [
      ...[
        ['incident', 40],
        ['intervention', 300],
        ['mileage', 2_100],
        ['trip', total('trips')],
      ].map(([kind, events]) => ({ kind: String(kind), events: Number(events) })),
    ],
    quality: {
      days: Array.from({ length: 30 }, (_, day) => ({
        day: instantOf(START_MS + day * 86_400_000).slice(0, 10),
        events: 300 + day * 7,
        meanQuality: 780 + Math.sin(day / 3) * 40 + day,
      })),
      sourceKinds: [
        { sourceKind: '*', events: 4_100, meanQuality: 802.4 },
        { sourceKind: 'telematics', events: 9_700, meanQuality: 861.9 },
      ],
    },
    releases,
  };
}

/** How far the ledger's answers are, some blocks behind the last epoch. */
export function someHeight(epochs: number, ahead = 5): LiveHeight {
  const watermark = epochs * EPOCH_BLOCKS - 1;
  const block = watermark + ahead;
  return {
    ...{ block, ledgerTime: instantOf(START_MS + epochs * EPOCH_MS), watermark },
    ...{ epochBlocks: EPOCH_BLOCKS, trouble: null },
    partitions: [0, 1, 2, 3].map((partition) => ({
      ...{ partition, block: block + (partition % 2), lagBlocks: 1 - (partition % 2) },
    })),
  };
}
