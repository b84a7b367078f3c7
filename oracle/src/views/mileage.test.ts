import { describe, expect, test } from 'vitest';

import {
  blue,
  garage,
  km,
  maker,
  record,
  red,
  rows,
  started,
  voids,
} from '../testing/view-fixture.ts';

describe('mileage', () => {
  const metrics = ['readings', 'kmDriven', 'rollbacks', 'kmRolledBack'];
  const mileage = { view: 'mileage', metrics };

  test('steps are between readings in the order of their days', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, km('2026-01-01', 1000)],
      [red, maker, km('2026-01-03', 1500)],
      // Between the two, and above both: 300 on, 400 back... so it comes late.
      [red, garage, km('2026-01-02', 1900, { flags: ['late'] })],
      // Another car's readings are no part of it.
      [blue, garage, km('2026-01-02', 5)],
    );
    expect(await rows(ledger, mileage, 2)).toEqual([[2, 500, 0, 0]]);
    expect(await rows(ledger, { ...mileage, by: ['day'] })).toEqual([
      ['2026-01-01', 1, 0, 0, 0],
      ['2026-01-02', 2, 900, 0, 0],
      ['2026-01-03', 1, 0, 1, 400],
    ]);
    expect(await rows(ledger, { ...mileage, by: ['step'] })).toEqual([
      ['back', 1, 0, 1, 400],
      ['forward', 1, 900, 0, 0],
      ['none', 2, 0, 0, 0],
    ]);
    const flags = { view: 'mileage', metrics: ['late', 'odometer-jump'] };
    expect(await rows(ledger, flags)).toEqual([[1, 0]]);
  });

  test('a voided reading leaves the step between its neighbours', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, km('2026-01-01', 100)],
      [red, garage, km('2026-01-02', 999_999)],
      [red, garage, km('2026-01-03', 130)],
      [red, garage, voids(2)],
    );
    expect(await rows(ledger, mileage, 3)).toEqual([[3, 999_899, 1, 999_869]]);
    expect(await rows(ledger, mileage)).toEqual([[2, 30, 0, 0]]);
  });

  test('of one day the ledger has the order', async () => {
    const ledger = started();
    ledger.chain.add(
      { time: 0, writes: [ledger.entry(red, maker, km('2026-01-01', 30), km('2026-01-01', 20))] },
      { time: 0, writes: [ledger.entry(red, garage, km('2026-01-01', 50))] },
    );
    record(ledger, [red, garage, km('2026-01-01', 45)]);
    // 30, 20, 50, 45
    expect(await rows(ledger, mileage)).toEqual([[4, 30, 2, 15]]);
  });

  test('a new odometer ends a step where the old one did, and begins at its own', async () => {
    const ledger = started();
    const replaced = { kind: 'odometer-replaced', at: '2026-01-02', formerOdometerKm: 1400 };
    record(
      ledger,
      [red, garage, km('2026-01-01', 1000)],
      [red, garage, { ...replaced, odometerKm: 3 }],
      [red, maker, km('2026-01-03', 60)],
    );
    const by = ['sourceKind'];
    expect(await rows(ledger, { ...mileage, by })).toEqual([
      ['telematics', 1, 57, 0, 0],
      ['workshop', 2, 400, 0, 0],
    ]);
  });

  test('steps of nothing count as values of nothing, rollbacks as none', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, km('2026-01-01', 10)],
      [red, garage, km('2026-01-02', 10)],
      [red, garage, km('2026-01-03', 110)],
      [red, garage, km('2026-01-04', 5)],
    );
    const question = { view: 'mileage', metrics: ['kmPerStepP50', 'kmPerStepP90', 'kmDriven'] };
    // 100 is counted from 100 to 101.
    expect(await rows(ledger, question)).toEqual([[0, 101, 100]]);
  });

  test('any kind may read an odometer; quality is of readings only', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, { kind: 'incident', at: '2026-01-01', odometerKm: 7, quality: 10 }],
      [red, garage, { kind: 'incident', at: '2026-01-01', quality: 1000 }],
      [blue, maker, { kind: 'trip', at: '2026-01-01', odometerKm: 0, quality: 15 }],
    );
    const question = { view: 'mileage', metrics: ['readings', 'meanQuality', 'vehicles'] };
    expect(await rows(ledger, question)).toEqual([[2, 12.5, 2]]);
  });
});
