import { randomBytes } from 'node:crypto';

import { parseSourceId, sealClear } from '@passport/model';
import { createMetrics, startHealthServer } from '@passport/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { randomIntake } from '../intake.ts';
import { volatileMemory } from '../memory/volatile-memory.ts';
import { runFeed } from '../run-feed.ts';
import { listFeed, trip } from '../testing/list-feed.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { FeedHealth } from './feed-health.ts';

const source = parseSourceId('GarageMSP/workshop');
const metrics = createMetrics('connector');
const startedMs = Date.UTC(2026, 10, 28, 12);
let nowMs = startedMs;
const health = new FeedHealth(metrics.meter, () => new Date(nowMs));
let server: Awaited<ReturnType<typeof startHealthServer>>;

beforeAll(async () => {
  server = await startHealthServer({
    ...{ host: '127.0.0.1', port: 0, metrics, trouble: () => undefined },
  });
});

afterAll(async () => {
  await server.close();
  await metrics.close();
});

/** Takes a quarter of a second for each call. */
class SlowLedger extends MemoryLedger {
  override recordEvents(...request: Parameters<MemoryLedger['recordEvents']>) {
    nowMs += 250;
    return super.recordEvents(...request);
  }
}

/** Lines of its metrics, without the labels that all of them have. */
async function said(): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('connector_'))
    .map((line) => line.replaceAll(/,?otel_[a-z_]+="[^"]*"/g, '').replaceAll(/ \d{13}$/g, ''));
}

test('a feed that runs tells its rate, what was refused and why, and how long it took', async () => {
  const ledger = new SlowLedger(source);
  const { writer, onProgress } = health.measure(source, 'list', ledger);
  const refused = { type: 'refused', reason: 'speed-impossible', rows: 7 } as const;
  const all = [trip('a', 1), trip('a', 2), trip('a', 2), refused, trip('b', 1)];
  const options = {
    ...{ source, writer, onProgress, memory: volatileMemory(), seal: sealClear },
    intake: randomIntake(randomBytes),
  };
  await runFeed({ ...options, feed: listFeed(all) });
  const labels = 'source="GarageMSP/workshop",feed="list"';
  const lines = await said();
  expect(lines).toContain(`connector_rows_total{${labels}} 5`);
  expect(lines).toContain(`connector_events_total{${labels}} 3`);
  expect(lines).toContain(`connector_known_events_total{${labels}} 1`);
  expect(lines).toContain(`connector_refused_rows_total{${labels},reason="speed-impossible"} 7`);
  expect(lines).toContain(`connector_recorded_last_hour{${labels}} 3`);
  const at = Math.floor(nowMs / 1_000);
  expect(lines).toContain(`connector_newest_recording_seconds{${labels}} ${at}`);
  expect(lines).toContainEqual(
    expect.stringMatching(/^connector_recording_ms\{.*quantile="0.95"\} (250|500)$/),
  );

  nowMs += 3_600_000;
  expect(await said()).toContain(`connector_recorded_last_hour{${labels}} 0`);
  ledger.refuses = trip('b', 2).id;
  await expect(
    runFeed({ ...options, memory: volatileMemory(), feed: listFeed([trip('b', 2)]) }),
  ).rejects.toMatchObject({ code: 'RECORD_REFUSED' });
  expect(await said()).toContain(
    `connector_rejected_calls_total{${labels},reason="KIND_NOT_ALLOWED"} 1`,
  );
});
