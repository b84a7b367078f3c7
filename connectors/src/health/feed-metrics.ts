import type { SourceId } from '@passport/model';
import type { Metrics } from '@passport/runtime';

import type { FeedProgress } from '../run/feed-tally.ts';
import type { MinuteCounts } from './minute-counts.ts';
import type { NewestValues } from './newest-values.ts';

/** What is known of one feed of a source. */
export type WatchedFeed = {
  readonly source: SourceId;
  readonly feed: string;
  progress: FeedProgress | undefined;
  /** Events that the ledger took. */
  readonly recorded: MinuteCounts;
  /** How long each call took until it was committed, milliseconds. */
  readonly recordingMs: NewestValues;
  newestAtMs: number | undefined;
  /** Calls that came to nothing, by the ledger's code. */
  readonly rejected: ReadonlyMap<string, number>;
};

/** A value, and labels besides the feed's own. */
type Value = readonly [value: number, labels?: Readonly<Record<string, string>>];

type Instrument = {
  readonly kind: 'counter' | 'gauge';
  readonly description: string;
  readonly values: (feed: WatchedFeed, now: Date) => readonly Value[];
};

/** Parts of the newest recordings whose time is told. */
const QUANTILES = [0.5, 0.95] as const;

const ofProgress =
  (value: (progress: FeedProgress) => number): Instrument['values'] =>
  ({ progress }) =>
    progress === undefined ? [] : [[value(progress)]];

const byReason = (counts: Iterable<readonly [string, number]>): Value[] =>
  [...counts].map(([reason, count]) => [count, { reason }]);

/** All that a connector says of a feed, by the names of its metrics. */
const instruments: Readonly<Record<string, Instrument>> = {
  connector_rows_total: {
    ...{ kind: 'counter', description: 'rows of input that were read' },
    values: ofProgress(({ rowsRead }) => rowsRead),
  },
  connector_events_total: {
    ...{ kind: 'counter', description: 'events that were recorded' },
    values: ofProgress(({ eventsRecorded }) => eventsRecorded),
  },
  connector_known_events_total: {
    ...{ kind: 'counter', description: 'events that had been recorded before, or came twice' },
    values: ofProgress(({ duplicates }) => duplicates),
  },
  connector_refused_rows_total: {
    ...{ kind: 'counter', description: 'rows of input that are in no event, by reason' },
    values: ({ progress }) => byReason(Object.entries(progress?.refusedRows ?? {})),
  },
  connector_rejected_calls_total: {
    ...{ kind: 'counter', description: 'calls that the ledger would not have, by its code' },
    values: ({ rejected }) => byReason(rejected),
  },
  connector_recorded_last_hour: {
    ...{ kind: 'gauge', description: 'events that were recorded in the last 60 minutes' },
    values: ({ recorded }, now) => [[recorded.lastHour(now)]],
  },
  connector_newest_recording_seconds: {
    ...{ kind: 'gauge', description: 'time of the newest recording, seconds since 1970' },
    values: ({ newestAtMs }) =>
      newestAtMs === undefined ? [] : [[Math.floor(newestAtMs / 1_000)]],
  },
  connector_recording_ms: {
    ...{ kind: 'gauge', description: 'time from call to commit, of the newest 256 calls' },
    values: ({ recordingMs }) =>
      QUANTILES.flatMap((part) => {
        const ms = recordingMs.quantile(part);
        return ms === undefined ? [] : [[ms, { quantile: String(part) }] as const];
      }),
  },
};

/** Measures feeds: those that are there when somebody asks. */
export function feedMetrics(
  meter: Metrics['meter'],
  feeds: () => Iterable<WatchedFeed>,
  now: () => Date,
): void {
  for (const [name, { kind, description, values }] of Object.entries(instruments)) {
    const made =
      kind === 'counter'
        ? meter.createObservableCounter(name, { description })
        : meter.createObservableGauge(name, { description });
    made.addCallback((result) => {
      for (const watched of feeds()) {
        const { source, feed } = watched;
        for (const [value, labels] of values(watched, now())) {
          result.observe(value, { source, feed, ...labels });
        }
      }
    });
  }
}
