import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createMetrics, startHealthServer } from '@passport/runtime';
import { expect, test } from 'vitest';

import { readFeedHealth } from './feed-health.ts';
import { feedReader } from './read-feeds.ts';

const workshop = { source: 'GarageMSP/workshop', feed: 'visits' };
const atMs = Date.UTC(2026, 10, 28, 12);

/** A connector that measures a feed of the garage, and says something of another member's, too. */
function someConnector() {
  const metrics = createMetrics('connector');
  const { meter } = metrics;
  const says = (name: string, ...values: [number, object][]): void => {
    const kind = name.endsWith('_total') ? 'Counter' : 'Gauge';
    meter[`createObservable${kind}`](`connector_${name}`).addCallback((result) => {
      for (const [value, labels] of values) result.observe(value, { ...workshop, ...labels });
    });
  };
  says('rows_total', [20, {}], [9, { source: 'MakerMSP/fleet' }]);
  says('events_total', [12, {}]);
  says('known_events_total', [3, {}]);
  says('refused_rows_total', [1, { reason: 'no-day' }], [4, { reason: 'no-vehicle' }]);
  says('rejected_calls_total', [2, { reason: 'KIND_NOT_ALLOWED' }]);
  says('recorded_last_hour', [12, {}]);
  says('newest_recording_seconds', [atMs / 1_000, {}]);
  says('recording_ms', [90, { quantile: '0.5' }], [240, { quantile: '0.95' }]);
  return metrics;
}

test('a member sees the feeds of its own sources; a connector that is gone is away', async () => {
  const metrics = someConnector();
  const server = await startHealthServer({
    ...{ host: '127.0.0.1', port: 0, metrics, trouble: () => undefined },
  });
  let nowMs = atMs;
  const watched = [{ name: 'connector', url: `http://127.0.0.1:${server.port}` }];
  const read = feedReader(watched, 'GarageMSP', () => new Date(nowMs));
  const there = {
    ...{ name: 'connector', isAway: false },
    feeds: [
      {
        ...{ ...workshop, lastHour: 12, rows: 20, recorded: 12, known: 3 },
        ...{ newestAt: '2026-11-28T12:00:00.000Z', halfMs: 90, mostMs: 240 },
        refusedRows: [
          { reason: 'no-vehicle', count: 4 },
          { reason: 'no-day', count: 1 },
        ],
        rejectedCalls: [{ reason: 'KIND_NOT_ALLOWED', count: 2 }],
      },
    ],
  };
  await expect(read()).resolves.toEqual([there]);
  await server.close();
  await metrics.close();
  // Many who look at once do not make it many requests.
  await expect(read()).resolves.toEqual([there]);
  nowMs += 5_000;
  await expect(read()).resolves.toEqual([{ name: 'connector', isAway: true, feeds: [] }]);
});

test('a connector that says too much, or what cannot be read, does no harm', async () => {
  const server = createServer((_, response) => response.end('# x\n'.repeat(100_000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const read = feedReader([{ name: 'loud', url }], 'GarageMSP', () => new Date(atMs));
  await expect(read()).resolves.toEqual([{ name: 'loud', isAway: true, feeds: [] }]);
  server.close();
  const lines = [
    '# TYPE connector_rows_total counter',
    'connector_rows_total{source="GarageMSP/a",feed="x"} 1',
    '# TYPE connector_newest_recording_seconds gauge',
    'connector_newest_recording_seconds{source="GarageMSP/a",feed="x"} 1e300',
    'connector_rows_total{source="GarageMSPX/a",feed="x"} 1',
    'connector_rows_total{feed="x"} 1',
  ];
  expect(readFeedHealth(lines.join('\n'), 'GarageMSP')).toMatchObject([
    { source: 'GarageMSP/a', rows: 1, newestAt: null, halfMs: null, refusedRows: [] },
  ]);
});
