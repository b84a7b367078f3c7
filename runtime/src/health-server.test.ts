import { afterAll, beforeAll, expect, test } from 'vitest';

import { type HealthServer, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';

const metrics = createMetrics('sample');
let server: HealthServer;
let trouble: string | undefined;
beforeAll(async () => {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    trouble: () => trouble,
  });
});
afterAll(async () => {
  await server.close();
  await metrics.close();
});

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);

test('a service that lives says so, and that it can work only while it can', async () => {
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  trouble = 'no ledger';
  expect((await get('/healthz')).status).toBe(200);
  const answer = await get('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: 'not ready', why: 'no ledger' });
});

test('its metrics are in the text format of Prometheus', async () => {
  metrics.meter.createCounter('sample_events_total', { description: 'events seen' }).add(3);
  metrics.meter.createObservableGauge('sample_height_blocks').addCallback((result) => {
    result.observe(7, { partition: 1 });
  });
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(/^# TYPE sample_events_total counter$/m);
  expect(text).toMatch(/^sample_events_total(?:\{[^}]*\})? 3/m);
  expect(text).toMatch(/^sample_height_blocks\{[^}]*partition="1"[^}]*\} 7/m);
});

test('elsewhere there is nothing', async () => {
  expect((await get('/')).status).toBe(404);
});
