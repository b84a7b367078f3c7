import { type LineColumns, NO_NUMBER, textAt } from '@passport/model';

/** How many events a source has recorded, and what their quality comes to. */
export type Recorded = { readonly events: bigint; readonly points: bigint };

const NOTHING: Recorded = { events: 0n, points: 0n };

/**
 * The mean quality of what each source has recorded, of all events on the ledger: whether they still stand or not,
 * so that nobody gets better by having the worst of theirs voided.
 */
export class SourceQuality {
  readonly #all = new Map<string, Recorded>();
  readonly #fresh = new Map<string, Recorded>();

  /** Counts lines of the epoch that is archived, from a place on. */
  add({ source: sources, entry, quality, count }: LineColumns, from: number): void {
    for (let line = from; line < count;) {
      const [first, start] = [line, sources.starts[line]];
      let [events, points] = [0, 0];
      for (; line < count && sources.starts[line] === start; line += 1) {
        const own = quality[line] ?? NO_NUMBER;
        if (own === NO_NUMBER) continue;
        events += 1;
        points += own;
      }
      if (entry[first] === NO_NUMBER || events === 0) continue;
      const source = textAt(sources, first);
      const some = { events: BigInt(events), points: BigInt(points) };
      add(this.#fresh, source, some);
      add(this.#all, source, some);
    }
  }

  /** Takes up what was counted of the epochs before. */
  restore(source: string, recorded: Recorded): void {
    add(this.#all, source, recorded);
  }

  /** Begins the next epoch, of which that was counted. */
  begin(epoch: SourceQuality): void {
    this.#fresh.clear();
    for (const [source, recorded] of epoch.fresh()) {
      this.#fresh.set(source, recorded);
      add(this.#all, source, recorded);
    }
  }

  /** What the epoch has added, by source. */
  fresh(): readonly (readonly [source: string, recorded: Recorded])[] {
    return [...this.#fresh].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  }

  /** Events of a source times its mean quality, rounded down; 0 of one that has recorded nothing. */
  pointsOf(source: string, count: number): bigint {
    const { events, points } = this.#all.get(source) ?? NOTHING;
    return events === 0n ? 0n : (BigInt(count) * points) / events;
  }
}

function add(to: Map<string, Recorded>, source: string, { events, points }: Recorded): void {
  const before = to.get(source) ?? NOTHING;
  to.set(source, { events: before.events + events, points: before.points + points });
}
