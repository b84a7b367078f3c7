import { isEvent, type History } from '../history/history.ts';
import { fits } from '../released/answer-released.ts';
import { type Batch, batchesOf } from '../released/batches.ts';
import { bySource, byVehicle } from '../released/contents.ts';
import { ownersAt } from '../released/owners-at.ts';
import type { ViewQuestion } from '../views/answer-view.ts';

/** What a sold answer was made of. */
export type AnswerMade =
  /** Batches of a view that a question has taken. */
  | { readonly of: 'query'; readonly question: ViewQuestion }
  /** All batches of some views. */
  | { readonly of: 'views'; readonly views: readonly string[] }
  /** The log book of a vehicle. */
  | { readonly of: 'vehicle'; readonly vid: string }
  /** Trips of some vehicles in months, YYYY-MM. */
  | {
      readonly of: 'driving';
      readonly vids: readonly string[];
      readonly from: string;
      readonly to: string;
    };

/** Who told an answer: quality times use by member, use by owner. */
export type Contributors = {
  readonly sources: ReadonlyMap<string, bigint>;
  readonly owners: ReadonlyMap<string, bigint>;
};

/** Who is in a batch: events by source and by owner. */
export function batchContributors(history: History, { changes, block }: Batch): Contributors {
  const ownerOf = ownersAt(history, block);
  const owners = new Map<string, bigint>();
  for (const [vid, events] of byVehicle(changes)) {
    if (events > 0) add(owners, ownerOf(vid), BigInt(events));
  }
  const present = [...bySource(changes)].filter(([, events]) => events > 0);
  return { owners, sources: new Map(present.map(([name, events]) => [name, BigInt(events)])) };
}

/**
 * Who told an answer that was exact at a block. Of batches, a source weighs its events in each times the mean
 * quality of all that it has recorded up to the batch's block, rounded down; of a log book, the quality of each of its
 * events. Where all of that is nothing, its events count. Throws HistoryError.
 */
export function contributorsOf(
  history: History,
  made: AnswerMade,
  { block, epochBlocks }: { readonly block: number; readonly epochBlocks: number },
): Contributors {
  const points = new Map<string, bigint>();
  const events = new Map<string, bigint>();
  const owners = new Map<string, bigint>();
  if (made.of === 'vehicle' || made.of === 'driving') {
    for (const vid of made.of === 'vehicle' ? [made.vid] : made.vids) {
      const own = history.lines.filter((line) => line.vid === vid && line.block <= block);
      const told = own
        .filter(isEvent)
        .filter(
          ({ kind, at }) =>
            made.of === 'vehicle' ||
            (kind === 'trip' && at.slice(0, 7) >= made.from && at.slice(0, 7) <= made.to),
        );
      for (const line of told) {
        add(events, memberOf(line.event.place.source), 1n);
        add(points, memberOf(line.event.place.source), BigInt(line.quality ?? 0));
      }
      if (told.length > 0) add(owners, ownersAt(history, block)(vid), BigInt(told.length));
    }
  } else {
    const views = made.of === 'query' ? [made.question.view] : made.views;
    const batches = views.flatMap((view) => batchesOf(history, view, { block, epochBlocks }));
    for (const batch of batches) {
      if (made.of === 'query' && fits(batch, made.question) !== 'yes') continue;
      const inIt = batchContributors(history, batch);
      for (const [owner, count] of inIt.owners) add(owners, owner, count);
      for (const [source, count] of inIt.sources) {
        const { recorded, quality } = recordedBy(history, source, batch.block);
        add(events, memberOf(source), count);
        add(points, memberOf(source), recorded === 0n ? 0n : (count * quality) / recorded);
      }
    }
  }
  const isWorthless = [...points.values()].every((own) => own === 0n);
  return { sources: isWorthless ? events : points, owners };
}

/** How many events a source has recorded up to a block, and what their quality comes to. */
function recordedBy(
  { lines }: History,
  source: string,
  block: number,
): { readonly recorded: bigint; readonly quality: bigint } {
  let [recorded, quality] = [0n, 0n];
  for (const line of lines) {
    if (line.block > block) break;
    if (line.event?.place.source !== source || line.quality === null) continue;
    recorded += 1n;
    quality += BigInt(line.quality);
  }
  return { recorded, quality };
}

function memberOf(source: string): string {
  return source.slice(0, source.indexOf('/'));
}

function add(to: Map<string, bigint>, name: string, more: bigint): void {
  to.set(name, (to.get(name) ?? 0n) + more);
}
