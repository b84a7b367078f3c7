import type { LiveHeight } from '@passport/model';
import { createMetrics, startHealthServer } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import { alarmsOf } from './alarms.ts';
import { readSamples } from './metrics-text.ts';
import { parseWatched, readService, type ServiceState } from './read-service.ts';

describe('a service', () => {
  test('is read as our services say it: ready, troubled and why, away', async () => {
    const metrics = createMetrics('batch');
    metrics.meter
      .createObservableGauge('batch_failed_jobs', { description: 'jobs to look at' })
      .addCallback((result) => result.observe(2));
    metrics.meter
      .createObservableGauge('speed_height_blocks', { description: 'newest block' })
      .addCallback((result) => result.observe(41, { partition: 1 }));
    metrics.meter.createHistogram('batch_ms').record(3);
    const says: { why: string | undefined } = { why: undefined };
    const server = await startHealthServer({
      ...{ host: '127.0.0.1', port: 0, metrics, trouble: () => says.why },
    });
    const [watched] = parseWatched(` batch=http://127.0.0.1:${server.port} ,`);
    if (watched === undefined) throw new Error('nothing is watched');
    const ready = await readService(watched);
    expect(ready).toMatchObject({ name: 'batch', state: 'ready', why: undefined });
    expect(ready.samples).toEqual([
      { name: 'batch_failed_jobs', labels: '', value: 2, means: 'jobs to look at' },
      { name: 'speed_height_blocks', labels: 'partition="1"', value: 41, means: 'newest block' },
    ]);
    says.why = '2 jobs have failed';
    expect(await readService(watched)).toMatchObject({ state: 'troubled', why: says.why });
    await server.close();
    await metrics.close();
    expect(await readService(watched)).toEqual({
      ...{ name: 'batch', state: 'away', why: undefined, samples: [] },
    });
  });

  test.each(['batch', 'batch=ftp://x', '=http://x', 'Batch=http://x'])(
    'is not named by %s',
    (text) => {
      expect(() => parseWatched(text)).toThrow(RangeError);
    },
  );

  test('measures what is finite', () => {
    expect(readSamples('# TYPE a gauge\na NaN\na +Inf\na 1\nb 2\nnonsense')).toEqual([
      { name: 'a', labels: '', value: 1, means: '' },
    ]);
  });
});

const height: LiveHeight = {
  ...{ block: 40, ledgerTime: null, watermark: 31, epochBlocks: 8, trouble: null },
  partitions: [{ partition: 0, block: 40, lagBlocks: 0 }],
};
const quiet = { name: 'speed', state: 'ready', why: undefined, samples: [] } as const;

describe('alarms', () => {
  test('there are none while all is well', () => {
    expect(alarmsOf(height, [quiet])).toEqual([]);
    expect(alarmsOf({ ...height, epochBlocks: null, watermark: null }, [])).toEqual([]);
  });

  test.each([
    [undefined, { kind: 'api-away' }],
    [{ trouble: 'redis' }, { kind: 'not-moving', why: 'redis' }],
    [{ watermark: null }, { kind: 'archive-behind', epochs: 5 }],
    [{ watermark: 7 }, { kind: 'archive-behind', epochs: 4 }],
    [
      { partitions: [{ partition: 3, block: 20, lagBlocks: 20 }] },
      { kind: 'partition-behind', partition: 3, blocks: 20 },
    ],
  ])('of the ledger’s answers: %j', (change, alarm) => {
    const changed = change === undefined ? undefined : { ...height, ...change };
    expect(alarmsOf(changed, [quiet])).toEqual([alarm]);
  });

  test('of services', () => {
    const sample = (name: string, value: number) => ({ name, labels: '', value, means: '' });
    const away = { ...quiet, name: 'batch', state: 'away' } as const;
    const troubled: ServiceState = {
      ...{ name: 'listener', state: 'troubled' as const, why: 'another genesis' },
      samples: [sample('listener_halted', 1), sample('batch_failed_jobs', 3)],
    };
    expect(alarmsOf(height, [away, troubled])).toEqual([
      { kind: 'service-away', service: 'batch' },
      { kind: 'service-troubled', service: 'listener', why: 'another genesis' },
      { kind: 'halted', service: 'listener' },
      { kind: 'failed-jobs', service: 'listener', count: 3 },
    ]);
  });
});
