import type { History } from '../history/history.ts';
import { countIn } from '../views/answer-view.ts';
import {
  byVehicle,
  bySource,
  type Change,
  changesBetween,
  isNothing,
  type Tally,
} from './contents.ts';
import { ownersAt } from './owners-at.ts';
import { ANY, type Crowds, CROWDS, steps, withheld } from './release-rules.ts';

/** A batch, with all that is in it. */
export type Batch = {
  readonly dimensions: Readonly<Record<string, string>>;
  /** How many dimensions were dropped. */
  readonly dropped: number;
  /** The last block of the epoch that released it. */
  readonly block: number;
  readonly changes: readonly Change[];
  readonly vehicles: number;
  readonly owners: number;
  readonly contributors: number;
};

/** Changes that wait together. */
type Waiting = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dropped: number;
  readonly since: number;
  readonly changes: readonly Change[];
};

/** How far the batches of a view are worked out. */
type Progress = { epochs: number; waiting: readonly Waiting[]; readonly batches: Batch[] };

/** What was worked out before, by history: many questions are asked of one view. */
const known = new WeakMap<History, Map<string, Progress>>();

/**
 * All batches of a view up to a block, epoch by epoch, from all events that count at the end of each.
 * Throws HistoryError.
 */
export function batchesOf(
  history: History,
  view: string,
  { block, epochBlocks, crowds = CROWDS }: ReleaseQuestion,
): Batch[] {
  const ofHistory = known.get(history) ?? new Map<string, Progress>();
  known.set(history, ofHistory);
  const name = JSON.stringify([view, epochBlocks, crowds]);
  const progress = ofHistory.get(name) ?? { epochs: 0, waiting: [], batches: [] };
  ofHistory.set(name, progress);
  for (; (progress.epochs + 1) * epochBlocks - 1 <= block; progress.epochs += 1) {
    const end = (progress.epochs + 1) * epochBlocks - 1;
    const fresh = changesIn(history, view, end - epochBlocks, end);
    const owners = ownersAt(history, end);
    const outcome = releaseEpoch(view, progress.epochs, progress.waiting, fresh, (changes) =>
      crowdOf(changes, owners, crowds),
    );
    progress.batches.push(...outcome.batches.map((batch) => ({ ...batch, block: end })));
    progress.waiting = outcome.waiting;
  }
  return progress.batches.filter((batch) => batch.block <= block);
}

/**
 * What changes in a view behind one block and up to another: the difference of all that counts at the
 * one and at the other. Of a vehicle that has no line in between nothing changes.
 */
function changesIn(history: History, view: string, after: number, upTo: number): Change[] {
  const between = history.lines.filter(({ block }) => block > after && block <= upTo);
  const vids = new Set(between.map(({ vid }) => vid));
  const own = { ...history, lines: history.lines.filter(({ vid }) => vids.has(vid)) };
  const before = after < 0 ? [] : countIn(view, own, after);
  return changesBetween(before, countIn(view, own, upTo));
}

/** Up to which block, how long an epoch is, and what batches need. */
export type ReleaseQuestion = {
  readonly block: number;
  readonly epochBlocks: number;
  readonly crowds?: Crowds;
};

type Crowd = Pick<Batch, 'vehicles' | 'owners' | 'contributors'>;

function releaseEpoch(
  view: string,
  epoch: number,
  waiting: readonly Waiting[],
  fresh: readonly Change[],
  crowdIn: (changes: readonly Change[]) => Crowd | undefined,
): { readonly batches: Omit<Batch, 'block'>[]; readonly waiting: Waiting[] } {
  const order = steps[view] ?? [];
  const root = order.length;
  const longest = order.reduce((sum, { waitEpochs }) => sum + waitEpochs, 0);
  const aside = root + 1;
  let all: Waiting[] = [...waiting];
  const cells = byCell(fresh);
  const negative = cells.flatMap((cell) => [...byVehicle(cell)].filter(([, count]) => count < 0));
  const moving = new Set(negative.map(([vid]) => vid));
  for (const cell of cells) {
    const numbers = byVehicle(cell);
    const isMoving = [...numbers.keys()].some((vid) => moving.has(vid));
    const changes = cell.map((change): Change => {
      const { vid } = change.counted;
      const comes = moving.has(vid) && (numbers.get(vid) ?? 0) > 0;
      return comes ? { ...change, isOfMoving: true } : change;
    });
    const dimensions = changes[0]?.counted.dimensions ?? {};
    all.push({ dimensions, dropped: isMoving ? aside : 0, since: epoch, changes });
  }
  // What takes back has waited long enough once all that was before it is at the root, or out.
  all = all.map((each) =>
    each.dropped === aside && epoch - each.since >= longest
      ? { ...each, dropped: root, since: epoch }
      : each,
  );
  const batches: Omit<Batch, 'block'>[] = [];
  for (let dropped = 0; dropped <= root; dropped += 1) {
    const here = joined(
      view,
      all.filter((each) => each.dropped === dropped),
    );
    all = all.filter((each) => each.dropped !== dropped);
    for (const each of here) {
      const crowd = crowdIn(each.changes);
      const { dimensions, changes } = each;
      if (crowd !== undefined) batches.push({ dimensions, dropped, changes, ...crowd });
      else if (dropped < root && epoch - each.since >= (order[dropped]?.waitEpochs ?? 0)) {
        all.push({ ...each, dropped: dropped + 1, since: epoch });
      } else all.push(each);
    }
  }
  return { batches, waiting: all };
}

/** What waits at the same node, together, since its oldest; what comes to nothing is gone. */
function joined(view: string, list: readonly Waiting[]): Waiting[] {
  const nodes = new Map<string, Waiting>();
  for (const each of list) {
    const dimensions = { ...each.dimensions };
    for (const { drop } of (steps[view] ?? []).slice(0, each.dropped)) dimensions[drop] = ANY;
    const name = JSON.stringify(Object.entries(dimensions).sort(byName));
    const known = nodes.get(name);
    nodes.set(name, {
      ...{ dimensions, dropped: each.dropped },
      since: Math.min(each.since, known?.since ?? each.since),
      changes: [...(known?.changes ?? []), ...each.changes],
    });
  }
  return [...nodes.values()].filter(({ changes }) => !isNothing(changes, withheld[view] ?? []));
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : Number(a > b);
}

function byCell(changes: readonly Change[]): Change[][] {
  const cells = new Map<string, Change[]>();
  for (const change of changes) {
    const name = JSON.stringify(Object.entries(change.counted.dimensions).sort(byName));
    const cell = cells.get(name) ?? [];
    cell.push(change);
    cells.set(name, cell);
  }
  return [...cells.values()];
}

/** The largest part that one vehicle has of the events that come, in thousandths. */
function largestIn(vehicles: Tally): number {
  const counts = [...vehicles.values()].filter((count) => count > 0);
  const events = counts.reduce((sum, count) => sum + count, 0);
  return (counts.reduce((most, count) => Math.max(most, count), 0) * 1000) / events;
}

/** How many they are, where they are enough; only who has more events than are taken back counts. */
function crowdOf(
  changes: readonly Change[],
  owners: (vid: string) => string,
  crowds: Crowds,
): Crowd | undefined {
  const present = [...byVehicle(changes)].filter(([, count]) => count > 0);
  const different = new Set(present.map(([vid]) => owners(vid))).size;
  const all = changes.map(({ isOfMoving: _, ...change }) => change);
  const isEnough =
    present.length >= crowds.vehicles &&
    different >= crowds.owners &&
    largestIn(byVehicle(changes)) <= crowds.permille &&
    largestIn(byVehicle(all)) <= crowds.permille;
  if (!isEnough) return undefined;
  const contributors = [...bySource(changes).values()].filter((count) => count > 0).length;
  return { vehicles: present.length, owners: different, contributors };
}
