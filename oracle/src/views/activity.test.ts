import { describe, expect, test } from 'vitest';

import { type TestEvent, TestLedger } from '../testing/test-ledger.ts';
import { garage, maker, red, rows, voids } from '../testing/view-fixture.ts';
import type { ViewQuestion } from './answer-view.ts';

describe('activity', () => {
  const metrics = ['events', 'distanceM', 'flags'];
  const fields = { 'Vehicle.TripMeterReading': 40 };
  const trip: TestEvent = { kind: 'trip', at: '2020-01-01', fields, flags: ['late'] };

  /** One trip a time. */
  function at(...times: readonly string[]): TestLedger {
    const ledger = new TestLedger();
    ledger.add('2026-02-01T00:00:00Z', ledger.source(maker, 'telematics'));
    for (const time of times) ledger.add(time, ledger.entry(red, maker, trip));
    return ledger;
  }

  const ask = (window: string, by: readonly string[] = ['bucket']): ViewQuestion => ({
    ...{ view: 'activity', metrics, by },
    filters: { window: [window] },
  });

  test('an hour has sixty minutes, of which the last is the one that the ledger is in', async () => {
    const ledger = at(
      '2026-02-01T10:00:59.999Z',
      '2026-02-01T10:01:00Z',
      '2026-02-01T11:00:00.001Z',
    );
    expect(await rows(ledger, ask('1h'))).toEqual([
      ['2026-02-01T10:01:00.000Z', 1, 40, 1],
      ['2026-02-01T11:00:00.000Z', 1, 40, 1],
    ]);
    expect(await rows(ledger, ask('1h'), 2)).toEqual([
      ['2026-02-01T10:00:00.000Z', 1, 40, 1],
      ['2026-02-01T10:01:00.000Z', 1, 40, 1],
    ]);
  });

  test('a day moves by quarters of an hour, seven days by hours', async () => {
    const ledger = at('2026-02-01T10:14:59Z', '2026-02-01T10:15:00Z', '2026-02-02T10:01:00Z');
    expect(await rows(ledger, ask('24h'))).toEqual([
      ['2026-02-01T10:15:00.000Z', 1, 40, 1],
      ['2026-02-02T10:00:00.000Z', 1, 40, 1],
    ]);
    const week = at('2026-02-01T10:59:59Z', '2026-02-01T11:00:00Z', '2026-02-08T10:30:00Z');
    expect(await rows(week, ask('7d'))).toEqual([
      ['2026-02-01T11:00:00.000Z', 1, 40, 1],
      ['2026-02-08T10:00:00.000Z', 1, 40, 1],
    ]);
  });

  test('what is voided stays recorded, and the voiding is recorded too', async () => {
    const ledger = at('2026-02-01T10:00:00Z');
    // A clock that is behind: the ledger's time does not run back.
    ledger.add('2026-02-01T09:00:00Z', ledger.entry(red, maker, voids(1)));
    ledger.add('2026-02-01T09:30:00Z', ledger.entry(red, garage, { ...trip, kind: 'mileage' }));
    expect(await rows(ledger, ask('1h', ['bucket', 'kind', 'sourceKind']))).toEqual([
      ['2026-02-01T10:00:00.000Z', 'mileage', 'unknown', 1, 0, 1],
      ['2026-02-01T10:00:00.000Z', 'trip', 'telematics', 1, 40, 1],
      ['2026-02-01T10:00:00.000Z', 'voided', 'telematics', 1, 0, 0],
    ]);
  });

  test('all of a block is at the latest time of its transactions', async () => {
    const ledger = new TestLedger();
    ledger.chain.add(
      { time: '2026-02-01T10:00:00Z', writes: [ledger.entry(red, maker, trip)] },
      { time: '2026-02-01T10:05:00Z' },
    );
    expect(await rows(ledger, ask('1h'))).toEqual([['2026-02-01T10:05:00.000Z', 1, 40, 1]]);
  });
});
