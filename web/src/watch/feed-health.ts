import { readSamples, type Sample } from './metrics-text.ts';

/** Something that was refused, and how often. */
export type Refused = { readonly reason: string; readonly count: number };

/** How a source's feed is, as its connector measures it. */
export type FeedHealth = {
  readonly source: string;
  readonly feed: string;
  /** Events that the ledger took in the last 60 minutes. */
  readonly lastHour: number;
  /** Since the connector was started: rows of input, events recorded, events that were there before. */
  readonly rows: number;
  readonly recorded: number;
  readonly known: number;
  /** ISO time of the newest recording; null where there is none. */
  readonly newestAt: string | null;
  /** From call to commit, of the newest calls: half of them took no longer, and 95 of 100. */
  readonly halfMs: number | null;
  readonly mostMs: number | null;
  /** Rows of input that are in no event, the most frequent reason first. */
  readonly refusedRows: readonly Refused[];
  /** Calls that the ledger would not have. */
  readonly rejectedCalls: readonly Refused[];
};

/** More is not shown: a page is not where one looks through hundreds of them. */
const FEEDS_MAX = 50;
const REASONS_MAX = 20;

/** Reads what a connector says of the feeds of one member's sources. What it says of others is left out. */
export function readFeedHealth(text: string, mspId: string): FeedHealth[] {
  const feeds = new Map<string, Sample[]>();
  for (const sample of readSamples(text)) {
    const { source, feed } = labelsOf(sample);
    if (source === undefined || feed === undefined || !source.startsWith(`${mspId}/`)) continue;
    const key = `${source} ${feed}`;
    feeds.set(key, [...(feeds.get(key) ?? []), sample]);
  }
  return [...feeds.values()]
    .slice(0, FEEDS_MAX)
    .map(healthOf)
    .sort((a, b) => (`${a.source} ${a.feed}` < `${b.source} ${b.feed}` ? -1 : 1));
}

function healthOf(samples: readonly Sample[]): FeedHealth {
  const { source = '', feed = '' } = samples[0] === undefined ? {} : labelsOf(samples[0]);
  const all = (name: string): readonly Sample[] =>
    samples.filter((sample) => sample.name === `connector_${name}`);
  const value = (name: string): number => all(name)[0]?.value ?? 0;
  const ms = (quantile: string): number | null =>
    all('recording_ms').find((sample) => labelsOf(sample)['quantile'] === quantile)?.value ?? null;
  const newest = value('newest_recording_seconds');
  return {
    ...{ source, feed, lastHour: value('recorded_last_hour') },
    ...{ rows: value('rows_total'), recorded: value('events_total') },
    known: value('known_events_total'),
    newestAt: newest === 0 ? null : timeOf(newest),
    ...{ halfMs: ms('0.5'), mostMs: ms('0.95') },
    refusedRows: refusedOf(all('refused_rows_total')),
    rejectedCalls: refusedOf(all('rejected_calls_total')),
  };
}

function refusedOf(samples: readonly Sample[]): Refused[] {
  return samples
    .map((sample) => ({ reason: labelsOf(sample)['reason'] ?? '', count: sample.value }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
    .slice(0, REASONS_MAX);
}

/** Null where it is no time that a calendar has. */
function timeOf(seconds: number): string | null {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function labelsOf({ labels }: Sample): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...labels.matchAll(/([a-z_]+)="([^"\\]*)"/g)].map(([, name = '', text = '']) => [name, text]),
  );
}
