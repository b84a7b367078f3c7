import {
  ANY,
  instantOf,
  type LiveFigures,
  type ReleasedSums,
  type ReleasePoint,
  releaseRule,
  VIEW_DEFINITIONS,
} from '@passport/model';

import type { ReleasedMirror } from '../released/released-mirror.ts';
import { noSums, windowsOf } from './windows-of.ts';

/** Releases that figures name at most, and days of quality. */
const liveLimits = { releases: 120, days: 90 } as const;

/** What figures are made of: whole batches, and nothing else. */
export type ReleasedSource = Pick<ReleasedMirror, 'at' | 'sums' | 'timeOf'>;

/** Sums by what comes first in a row. */
type Sums = ReadonlyMap<string, ReleasedSums>;

/** What everybody may see, as of the newest watermark; undefined before the first. */
export async function readFigures(released: ReleasedSource): Promise<LiveFigures | undefined> {
  const { at } = released;
  if (at === undefined) return undefined;
  // All sums first: they are of this watermark, whatever comes while times are looked up.
  const byBlock = sumsBy(released, 'released');
  const total = sumsBy(released, undefined).get('') ?? noSums;
  const regions = [...sumsBy(released, 'region')].map(([region, sums]) => ({ region, ...sums }));
  const kinds = released
    .sums('events', ['kind'], ['events'])
    .map(([kind, events]) => ({ kind: String(kind), events: Number(events) }));
  const quality = {
    days: qualityBy(released, 'day')
      .map(([day, events, meanQuality]) => ({ day, events, meanQuality }))
      .filter(({ day }) => day !== ANY)
      .slice(-liveLimits.days),
    sourceKinds: qualityBy(released, 'sourceKind').map(([sourceKind, events, meanQuality]) => ({
      ...{ sourceKind, events, meanQuality },
    })),
  };
  const releases = await pointsOf(released, byBlock);
  return {
    ledger: at.ledger,
    block: at.block,
    blockHash: at.hash,
    ledgerTime: instantOf(at.ledgerTimeMs),
    definitions: VIEW_DEFINITIONS,
    epochBlocks: at.epochBlocks,
    k: releaseRule.vehiclesMin,
    totals: total,
    windows: windowsOf(releases, at.ledgerTimeMs, releases.length === byBlock.size),
    ...{ regions, kinds, quality },
    releases: releases.slice(-liveLimits.releases),
  };
}

/** The releases whose time is known, oldest first: a watermark is forgotten after a while. */
async function pointsOf(released: ReleasedSource, byBlock: Sums): Promise<ReleasePoint[]> {
  const points: ReleasePoint[] = [];
  const newestFirst = [...byBlock].sort(([one], [other]) => (one < other ? 1 : -1));
  for (const [text, sums] of newestFirst) {
    const block = Number(text);
    const timeMs = await released.timeOf(block);
    if (timeMs === undefined) break;
    points.push({ block, ledgerTime: instantOf(timeMs), ...sums });
  }
  return points.reverse();
}

function sumsBy(released: ReleasedSource, name: string | undefined): Sums {
  const by = name === undefined ? [] : [name];
  const sums = new Map<string, ReleasedSums>();
  const keyOf = (row: readonly unknown[]): string => (by.length === 0 ? '' : String(row[0]));
  for (const row of released.sums('events', by, ['events', 'batches'])) {
    const [events, batches] = row.slice(by.length).map(Number);
    sums.set(keyOf(row), { ...noSums, events: events ?? 0, batches: batches ?? 0 });
  }
  for (const row of released.sums('usage', by, ['trips', 'distanceM'])) {
    const [trips, distanceM] = row.slice(by.length).map(Number);
    const before = sums.get(keyOf(row)) ?? noSums;
    sums.set(keyOf(row), { ...before, trips: trips ?? 0, distanceM: distanceM ?? 0 });
  }
  return sums;
}

function qualityBy(released: ReleasedSource, name: string): [string, number, number][] {
  return released
    .sums('events', [name], ['events', 'meanQuality'])
    .flatMap(([value, events, mean]) =>
      mean === null || mean === undefined || Number(events) <= 0
        ? []
        : [[String(value), Number(events), Number(mean)] as [string, number, number]],
    );
}
