import { describe, expect, test } from 'vitest';

import { readChain } from '../history/growing-history.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { answerVehicle } from './answer-vehicle.ts';

const vid = 'a'.repeat(26);
const source = 'GarageMSP/workshop';

function ledgerOfOne(): TestLedger {
  const ledger = new TestLedger();
  const papers = { 'Vehicle.VehicleIdentification.Brand': 'Benz' };
  ledger.add(
    '2026-01-05T00:00:00Z',
    ledger.vehicle(vid, papers, { day: '2026-01-03', generated: true }),
    ledger.owner(vid, 1, '2026-01-05T23:59:59.999Z'),
  );
  const late = { kind: 'incident', at: '2026-01-01', state: 'damaged', odometerKm: 5 };
  ledger.add('2026-01-06T00:00:00Z', ledger.entry(vid, source, late));
  const scrapped = {
    kind: 'scrapped',
    at: '2026-01-09',
    state: 'scrapped',
    generated: true,
  } as const;
  ledger.add('2026-01-07T00:00:00Z', ledger.entry(vid, source, scrapped));
  const voids = { entry: 1, index: 0 };
  ledger.add(
    '2026-01-08T00:00:00Z',
    ledger.entry(vid, source, { kind: 'voided', at: '2026-01-01', voids }),
    ledger.owner(vid, 2, '2026-01-02T00:00:00.000Z'),
    ledger.vehicle('b'.repeat(26)),
  );
  return ledger;
}

async function answer(of = vid, atBlock?: number) {
  const history = await readChain(ledgerOfOne().chain.blocks, { chaincode: 'passport' });
  return answerVehicle(history, of, atBlock);
}

describe('a log book', () => {
  test('has all lines by day, then in the order of the ledger', async () => {
    const { events = [] } = (await answer()) ?? {};
    expect(events.map(({ kind, at, block, tx, index }) => [kind, at, block, tx, index])).toEqual([
      ['incident', '2026-01-01', 1, 0, 0],
      ['voided', '2026-01-01', 3, 0, 2],
      ['ownership-transferred', '2026-01-02', 3, 0, 1],
      ['registered', '2026-01-03', 0, 0, 0],
      ['ownership-transferred', '2026-01-05', 0, 0, 1],
      ['scrapped', '2026-01-09', 2, 0, 0],
    ]);
  });

  test('shows an event as the ledger has it, and what voids it', async () => {
    const { events = [] } = (await answer()) ?? {};
    const [incident, voided] = events;
    expect(incident).toEqual({
      ...{ kind: 'incident', at: '2026-01-01', recordedAt: '2026-01-02T03:04:05.678Z' },
      ...{ block: 1, tx: 0, index: 0, place: { source, entry: 1, index: 0 } },
      ...{ odometerKm: 5, quality: 500 },
      detail: {
        ...{ id: 'event-1-0', method: 'professional', flags: [], state: 'damaged' },
        scores: { source: 600, method: 700, plausibility: 1000, timeliness: 900 },
      },
      voidedBy: { source, entry: 3, index: 0 },
    });
    expect(voided?.detail['voids']).toEqual({ source, entry: 1, index: 0, reason: 'mistaken' });
    expect(events.at(-1)?.detail['generated']).toBe(true);
  });

  test('shows registration and owners without a place', async () => {
    const { events = [] } = (await answer()) ?? {};
    const none = { place: null, odometerKm: null, quality: null, voidedBy: null };
    expect(events[3]).toMatchObject({
      ...none,
      recordedAt: '2026-01-01T00:00:00.000Z',
      detail: {
        ...{ registeredBy: 'MakerMSP', generated: true },
        fields: { 'Vehicle.VehicleIdentification.Brand': 'Benz' },
      },
    });
    expect(events[2]).toMatchObject({
      ...none,
      recordedAt: '2026-01-08T00:00:00.000Z',
      detail: { ownerEpoch: 2 },
    });
  });

  test('has the state that came last on the ledger, and all owners', async () => {
    expect(await answer()).toMatchObject({ vid, block: 3, state: 'scrapped', owners: 2 });
    expect(await answer(vid, 1)).toMatchObject({ block: 1, state: 'damaged', owners: 1 });
    expect(await answer('b'.repeat(26))).toMatchObject({ state: 'in-service', owners: 0 });
  });

  test('as of an older block, what came later is not there', async () => {
    const { events = [] } = (await answer(vid, 1)) ?? {};
    expect(events.map(({ kind, voidedBy }) => [kind, voidedBy])).toEqual([
      ['incident', null],
      ['registered', null],
      ['ownership-transferred', null],
    ]);
  });

  test('is nobody’s where no line is of that vehicle', async () => {
    expect(await answer('c'.repeat(26))).toBeUndefined();
    expect(await answer('b'.repeat(26), 2)).toBeUndefined();
  });
});
