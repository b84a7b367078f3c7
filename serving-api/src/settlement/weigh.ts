import type { BatchContributions, ContributionArchive, Watermark } from '@passport/batch-layer';
import { memberRef, type MspId, parseMspId, type SourceId } from '@passport/model';

import { type AnswerScope, type SoldAnswer, tookPart } from './sold-answers.ts';

/** Weights are the price of an answer times one's part of it, in so many parts. */
const PARTS = 1_000_000n;

/** An answer, and what it was made of. */
export type ScopedAnswer = { readonly answer: SoldAnswer; readonly scope: AnswerScope };

/** Weights by name, none of them 0; sorted by name. */
export type Weights = readonly (readonly [name: string, weight: bigint])[];

/** An answer with the weights of those who told it. */
export type WeighedAnswer = {
  readonly answer: SoldAnswer;
  /** Members, for all of their sources: events in the answer, times the quality of their source. */
  readonly sources: Weights;
  /** Owners, by reference: events in the answer. */
  readonly owners: Weights;
};

/**
 * Weighs answers, each at its own block: quality times use of sources, and use of owners, made comparable by what
 * was paid. Whole numbers, each part rounded down; what nobody weighs in is nobody's. One pass over the
 * contributions, however many answers there are. The watermark is at the newest of their blocks, or behind it.
 */
export async function weighAnswers(
  answers: readonly ScopedAnswer[],
  archive: ContributionArchive,
  at: Watermark,
): Promise<WeighedAnswer[]> {
  const tallies = answers.map((scoped) => ({ ...scoped, tally: new Tally() }));
  const ofBatches = tallies.filter(({ scope }) => scope.of === 'query' || scope.of === 'views');
  const newest = Math.max(-1, ...ofBatches.map(({ answer }) => answer.block));
  if (ofBatches.length > 0) {
    for await (const part of archive.contributions(at, newest)) {
      for (const batch of part) {
        for (const { answer, scope, tally } of ofBatches) {
          const isIn = batch.block <= answer.block;
          if (isIn && tookPart(scope, batch.view, batch.dimensions)) tally.addBatch(batch);
        }
      }
    }
  }
  for (const { answer, scope, tally } of tallies) {
    if (scope.of !== 'vehicle' && scope.of !== 'driving') continue;
    for (const vid of scope.of === 'vehicle' ? [scope.vid] : scope.vids) {
      const lines = await archive.book(vid, at);
      const known = lines.filter(({ block }) => block <= answer.block);
      tally.addBook(known, (line) => scope.of === 'vehicle' || isDriving(line, scope));
    }
  }
  return tallies.map(({ answer, tally }) => ({
    answer,
    sources: partsOf(answer.paid, tally.sources()),
    owners: partsOf(answer.paid, tally.owners),
  }));
}

/** What an account weighs in all answers together, by name. */
export function totalWeights(all: readonly Weights[]): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const [name, weight] of all.flat()) totals.set(name, (totals.get(name) ?? 0n) + weight);
  return new Map([...totals].sort(byName));
}

type Line = Awaited<ReturnType<ContributionArchive['book']>>[number];

/** Who has told how much of an answer. */
class Tally {
  readonly owners = new Map<string, bigint>();
  readonly #points = new Map<MspId, bigint>();
  readonly #events = new Map<MspId, bigint>();

  addBatch({ sources, owners }: BatchContributions): void {
    for (const { source, events, points } of sources) this.#addSource(source, events, points);
    for (const { owner, events } of owners) add(this.owners, owner, events);
  }

  /** What is in an answer of a log book: each event with its own quality; it is the present owner's. */
  addBook(lines: readonly Line[], isIn: (line: Line) => boolean): void {
    let [member, owner, events] = ['nobody', null as string | null, 0n];
    for (const line of lines) {
      const { kind, place, quality, detail } = line;
      const named = JSON.parse(detail) as { readonly owner?: string | null; registeredBy?: string };
      if (kind === 'registered' && named.registeredBy !== undefined) {
        member = memberRef(parseMspId(named.registeredBy));
      }
      if (kind === 'ownership-transferred') owner = named.owner ?? null;
      if (place === null || !isIn(line)) continue;
      events += 1n;
      this.#addSource(place.source, 1n, BigInt(quality ?? 0));
    }
    if (events > 0n) add(this.owners, owner ?? member, events);
  }

  /** Quality points by member; where all of an answer is worth nothing, its events. */
  sources(): ReadonlyMap<MspId, bigint> {
    const isWorthless = [...this.#points.values()].every((points) => points === 0n);
    return isWorthless ? this.#events : this.#points;
  }

  #addSource(source: string, events: bigint, points: bigint): void {
    const mspId = memberOf(source);
    add(this.#events, mspId, events);
    add(this.#points, mspId, points);
  }
}

/** A trip of the months that were asked for. */
function isDriving(
  { kind, at }: Line,
  { from, to }: { readonly from: string; readonly to: string },
): boolean {
  const month = at.slice(0, 7);
  return kind === 'trip' && from <= month && month <= to;
}

/** The member that a source is of: its id begins with it. */
function memberOf(source: string | SourceId): MspId {
  return parseMspId(source.slice(0, source.indexOf('/')));
}

function add<Name extends string>(to: Map<Name, bigint>, name: Name, more: bigint): void {
  to.set(name, (to.get(name) ?? 0n) + more);
}

function partsOf(paid: bigint, tally: ReadonlyMap<string, bigint>): Weights {
  const whole = [...tally.values()].reduce((sum, own) => sum + own, 0n);
  if (whole === 0n) return [];
  const all = [...tally].map(([name, own]) => [name, (paid * PARTS * own) / whole] as const);
  return all.filter(([, weight]) => weight > 0n).sort(byName);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
