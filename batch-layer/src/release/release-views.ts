import {
  type Batch,
  OWNERS_VIEW,
  OwnersOfKeys,
  ownersCell,
  parseVid,
  type PendingNode,
  releaseEpoch,
  releasedViewNames,
  type ReleasedViewName,
  releaseOrders,
  type ReleaseRule,
  withheldMeasures,
} from '@passport/model';

import type { CellSums } from '../epoch/cell-sums.ts';
import type { ReleaseState } from './release-state.ts';

/** What an epoch releases, by view, and the state behind it. */
export type ReleasedEpoch = {
  readonly batches: ReadonlyMap<ReleasedViewName, readonly Batch[]>;
  readonly state: ReleaseState;
};

/** Releases an epoch of all views. Owners and keys of `state` change; what waited in it does not. */
export function releaseViews(
  { owners, pending, keys, quality }: ReleaseState,
  sums: CellSums,
  epoch: number,
  rule: ReleaseRule,
): ReleasedEpoch {
  for (const { dimensions, each } of sums.cells(OWNERS_VIEW)) {
    const cell = ownersCell(parseVid(dimensions[0] ?? ''));
    each((key, delta) => owners.add({ cell, key, delta }));
  }
  const ownersOf = new OwnersOfKeys(keys.facts, (vid) => owners.ownerOf(vid));
  const batches = new Map<ReleasedViewName, readonly Batch[]>();
  const waiting = new Map<ReleasedViewName, readonly PendingNode[]>();
  for (const view of releasedViewNames) {
    const released = releaseEpoch({
      order: releaseOrders[view],
      ...{ rule, epoch, keys: keys.facts, pending: pending.get(view) ?? [] },
      // One view after the other, so that no more is in memory.
      cells: sums.toRelease(view, withheldMeasures[view]),
      ownersOf,
    });
    batches.set(view, released.batches);
    waiting.set(view, released.pending);
  }
  return { batches, state: { owners, pending: waiting, keys, quality } };
}
