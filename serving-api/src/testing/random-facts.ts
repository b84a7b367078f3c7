import {
  bucketKey,
  bucketStart,
  cellName,
  type Fact,
  isSumKey,
  type Metric,
  referenceKey,
  type View,
  type ViewName,
  type ViewQuery,
  views,
  windows,
} from '@passport/model';
import fc from 'fast-check';

export const START_TIME_MS = Date.UTC(2026, 0, 5, 11, 50);
const days = ['2025-12-31', '2026-01-01', '2026-01-02', '2026-02-01'];
const texts = ['', 'A', 'B', 'a,b', '\u00e9', '\uffff', '\ud83d\ude00', '__proto__', 'unknown'];
const ids = ['v1', 'v2', 'v3', 'a@b#c'];

const names = Object.keys(views) as ViewName[];
const MINUTE_MS = 60_000;

/** The keys that a view's metrics read. */
function keysOf(view: View): fc.Arbitrary<string> {
  const keys = Object.values<Metric>(view.metrics).flatMap((metric) => {
    if ('sum' in metric) return [metric.sum];
    if ('ratio' in metric) return [...metric.ratio];
    if ('distinct' in metric) return ids.map((id) => referenceKey(metric.distinct, id));
    return [0, 3, 40].map((bucket) => bucketKey(metric.histogram, bucket));
  });
  return fc.constantFrom(...new Set(keys));
}

function cellsOf(name: ViewName): fc.Arbitrary<string> {
  const view: View = views[name];
  if (name === 'activity') {
    return fc
      .record({
        window: fc.constantFrom(...windows),
        after: fc.nat(20),
        kind: fc.constantFrom('trip', 'mileage'),
      })
      .map(({ window, after, kind }) => {
        const bucket = bucketStart(window, START_TIME_MS + after * 7 * MINUTE_MS);
        return cellName(name, [window.name, bucket, kind, 'workshop']);
      });
  }
  const values = view.dimensions.map((dimension) =>
    // Mostly the same, so that facts come together in cells.
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(dimension.isDay ? '2026-01-01' : 'A') },
      { weight: 1, arbitrary: fc.constantFrom(...(dimension.isDay ? days : texts)) },
    ),
  );
  return fc.tuple(...values).map((dimensions) => cellName(name, dimensions));
}

/** Facts that count something; sums may also be taken back where there was nothing. */
export const randomFact: fc.Arbitrary<Fact> = fc.constantFrom(...names).chain((name) =>
  fc
    .record({
      cell: cellsOf(name),
      key: keysOf(views[name]),
      delta: fc.integer({ min: 1, max: 5 }),
      isLarge: fc.boolean(),
    })
    // Sums go up to 2^53; buckets and references count events.
    .map(({ isLarge, ...fact }) =>
      isLarge && isSumKey(fact.key) ? { ...fact, delta: fact.delta * 2 ** 40 } : fact,
    ),
);

/** A query of any view, mostly of what there is. */
export const randomQuery: fc.Arbitrary<ViewQuery> = fc.constantFrom(...names).chain((name) => {
  const view: View = views[name];
  const all = view.dimensions.map((dimension) => dimension.name);
  const isActivity = name === 'activity';
  const free = all.filter((dimension) => dimension !== 'window');
  const filterable = free.filter((dimension) => dimension !== 'day' && dimension !== 'bucket');
  const values = fc.uniqueArray(fc.constantFrom(...texts, ...days, 'trip', 'workshop', 'absent'), {
    minLength: 1,
    maxLength: 4,
  });
  return fc
    .record({
      metrics: fc.shuffledSubarray(Object.keys(view.metrics), { minLength: 1 }),
      by: fc.shuffledSubarray(free),
      filtered: fc.dictionary(fc.constantFrom(...filterable), values, {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      window: fc.constantFrom(...windows),
      from: fc.option(fc.constantFrom(...days, '2026-01-15'), { nil: undefined }),
      to: fc.option(fc.constantFrom(...days, '2026-01-15'), { nil: undefined }),
    })
    .map(({ metrics, by, filtered, window, from, to }) => ({
      ...{ view: name, metrics, by },
      filters: isActivity ? { ...filtered, window: [window.name] } : filtered,
      ...(isActivity ? { from: undefined, to: undefined } : { from, to }),
    }));
});
