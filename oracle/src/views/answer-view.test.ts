import { describe, expect, test } from 'vitest';

import { readChain } from '../history/growing-history.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import {
  blue,
  garage,
  grey,
  maker,
  record,
  red,
  rows,
  started,
  voids,
} from '../testing/view-fixture.ts';
import { answerView, type ViewQuestion } from './answer-view.ts';

describe('events', () => {
  const metrics = ['events', 'generated', 'meanQuality', 'vehicles', 'contributors'];

  test('nothing is one row of nothing, and no row by a dimension', async () => {
    expect(await rows(started(), { view: 'events', metrics })).toEqual([[0, 0, null, 0, 0]]);
    expect(await rows(started(), { view: 'events', metrics, by: ['day'] })).toEqual([]);
  });

  test('those that stand are counted, by what they are and whom they are of', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, { kind: 'inspection', at: '2026-01-02', quality: 100 }],
      [red, maker, { kind: 'trip', at: '2026-01-02', quality: 200, generated: true }],
      [grey, maker, { kind: 'trip', at: '2026-01-01', quality: 1 }],
      [blue, garage, { kind: 'inspection', at: '2026-01-03', quality: 777 }],
      [blue, garage, voids(1)],
    );
    expect(await rows(ledger, { view: 'events', metrics })).toEqual([[3, 1, 301 / 3, 2, 2]]);
    const by = ['kind', 'brand', 'sourceKind', 'day'];
    expect(await rows(ledger, { view: 'events', metrics: ['events'], by })).toEqual([
      ['inspection', 'Benz', 'workshop', '2026-01-02', 1],
      ['trip', 'Benz', 'telematics', '2026-01-02', 1],
      ['trip', 'unknown', 'telematics', '2026-01-01', 1],
    ]);
    // Before it was voided, the fourth one stood.
    expect(await rows(ledger, { view: 'events', metrics }, 4)).toEqual([[4, 1, 1078 / 4, 3, 2]]);
  });

  test('days and values narrow them down', async () => {
    const ledger = started();
    record(
      ledger,
      [red, garage, { kind: 'inspection', at: '2026-01-01' }],
      [blue, garage, { kind: 'inspection', at: '2026-01-02' }],
      [grey, maker, { kind: 'trip', at: '2026-01-03' }],
    );
    const days = async (more: Partial<ViewQuestion>) => {
      const answer = await rows(ledger, {
        view: 'events',
        metrics: ['events'],
        by: ['day'],
        ...more,
      });
      return answer.map(([day]) => String(day).slice(-1)).join('');
    };
    expect(await days({})).toBe('123');
    expect(await days({ from: '2026-01-02' })).toBe('23');
    expect(await days({ to: '2026-01-02' })).toBe('12');
    expect(await days({ from: '2026-01-02', to: '2026-01-02' })).toBe('2');
    expect(await days({ filters: { brand: ['Audi', 'unknown'] } })).toBe('23');
    expect(await days({ filters: { brand: ['Audi', 'unknown'], kind: ['trip'] } })).toBe('3');
    expect(await days({ filters: { region: [] } })).toBe('');
  });

  test('rows are sorted by UTF-16 code units', async () => {
    const ledger = new TestLedger();
    const brands = ['😀', '\uffff', 'a', 'Z', 'é', 'zz', 'z'];
    for (const [number, brand] of brands.entries()) {
      const vid = `v${number}`;
      const papers = { 'Vehicle.VehicleIdentification.Brand': brand };
      const event = ledger.entry(vid, garage, { kind: 'trip', at: '2026-01-01' });
      ledger.add(number, ledger.vehicle(vid, papers), event);
    }
    const answer = await rows(ledger, { view: 'events', metrics: ['events'], by: ['brand'] });
    expect(answer.map(([brand]) => brand)).toEqual(['Z', 'a', 'z', 'zz', 'é', '😀', '\uffff']);
  });

  test.each<[string, Partial<ViewQuestion>]>([
    ['a view', { view: 'colours' }],
    ['a metric', { metrics: ['toString'] }],
    ['a dimension', { by: ['job'] }],
    ['a filter', { filters: { job: ['oil'] } }],
    ['a window', { view: 'activity' }],
    ['one window', { view: 'activity', filters: { window: ['1h', '24h'] } }],
    ['a window of ours', { view: 'activity', filters: { window: ['2h'] } }],
  ])('a question without %s is refused', async (_, change) => {
    const question = { view: 'events', metrics: ['events'], ...change };
    await expect(rows(started(), question)).rejects.toMatchObject({ code: 'QUESTION_INVALID' });
  });

  test('an answer says what it is of', async () => {
    const history = await readChain(started().chain.blocks, { chaincode: 'passport' });
    const question = { view: 'events', metrics: ['vehicles', 'events'], by: ['day'] };
    expect(answerView(history, question)).toMatchObject({
      ...{ block: 0, view: 'events', by: ['day'] },
      metrics: [
        { name: 'vehicles', unit: 'vehicles' },
        { name: 'events', unit: 'events' },
      ],
    });
  });
});
