import type { LogBook } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

let ids = 0;
type Actor = 'MakerMSP' | 'InsurerMSP' | 'GarageMSP' | 'InspectionMSP';

function act(mspId: Actor, functionName: string, vid: string, at: string) {
  ids += 1;
  return consortium.submit(mspId, 'Passport', functionName, {
    source: `${mspId}/main`,
    event: { id: `act-${ids}`, vid, at, method: 'expert' },
  });
}

function incident(vid: string, at: string) {
  ids += 1;
  return consortium.submit('InsurerMSP', 'Passport', 'recordEvents', {
    source: 'InsurerMSP/main',
    events: [{ id: `incident-${ids}`, vid, at, kind: 'incident', method: 'professional' }],
  });
}

async function stateOf(vid: string): Promise<string> {
  return ((await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook).lifeCycle
    .state;
}

async function wreck(): Promise<string> {
  const vid = await consortium.register();
  await incident(vid, '2026-01-01');
  await act('InsurerMSP', 'appraise', vid, '2026-01-03');
  await act('InsurerMSP', 'declareWreck', vid, '2026-01-05');
  return vid;
}

describe('the life of a vehicle', () => {
  test('from incident to wreck, and cleared by another expert', async () => {
    const vid = await wreck();
    expect(await stateOf(vid)).toBe('wreck');
    await act('GarageMSP', 'recordRepair', vid, '2026-02-01');
    await expectRefusal(consortium, 'EXPERT_NOT_INDEPENDENT', () =>
      act('InsurerMSP', 'liftWreck', vid, '2026-02-02'),
    );
    await act('InspectionMSP', 'liftWreck', vid, '2026-02-02');
    expect(await stateOf(vid)).toBe('in-service');
    const { events } = (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
    expect(events.map(({ kind, state }) => [kind, state])).toEqual([
      ['incident', 'damaged'],
      ['appraised', 'appraised'],
      ['wreck-declared', 'wreck'],
      ['repaired', 'wreck-repaired'],
      ['wreck-lifted', 'in-service'],
    ]);
  });

  test('a wreck that was not repaired is not lifted', async () => {
    const vid = await wreck();
    await expectRefusal(consortium, 'LIFE_CYCLE_REFUSED', () =>
      act('InspectionMSP', 'liftWreck', vid, '2026-02-02'),
    );
  });

  test('only experts declare, and not what nobody appraised', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'KIND_NOT_ALLOWED', () =>
      act('GarageMSP', 'declareWreck', vid, '2026-01-05'),
    );
    await expectRefusal(consortium, 'LIFE_CYCLE_REFUSED', () =>
      act('InsurerMSP', 'declareWreck', vid, '2026-01-05'),
    );
  });

  test('an act dated before the present state is refused', async () => {
    const vid = await wreck();
    await expectRefusal(consortium, 'LIFE_CYCLE_REFUSED', () =>
      act('GarageMSP', 'recordRepair', vid, '2026-01-04'),
    );
  });

  test('an incident that comes late does not bring a repaired vehicle back to damaged', async () => {
    const vid = await consortium.register();
    await incident(vid, '2026-01-01');
    await act('GarageMSP', 'recordRepair', vid, '2026-02-01');
    await incident(vid, '2026-01-15');
    expect(await stateOf(vid)).toBe('in-service');
    await incident(vid, '2026-02-01');
    expect(await stateOf(vid)).toBe('damaged');
  });

  test('a trip of a wreck is recorded and flagged: a rolling wreck', async () => {
    const vid = await wreck();
    const trip = (at: string, id: string) => ({
      id,
      vid,
      at,
      kind: 'trip',
      method: 'connected-car',
    });
    await consortium.submit('MakerMSP', 'Passport', 'recordEvents', {
      source: 'MakerMSP/main',
      events: [trip('2026-01-05', 'on-the-day'), trip('2026-01-06', 'after')],
    });
    const { events } = (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
    const flags = Object.fromEntries(events.map(({ id, flags: own }) => [id, own]));
    expect(flags).toMatchObject({ 'on-the-day': [], after: ['while-wreck'] });
  });

  test('exported and back; scrapped is the end', async () => {
    const vid = await consortium.register();
    await act('InspectionMSP', 'recordExport', vid, '2026-03-01');
    await act('InspectionMSP', 'recordReturn', vid, '2026-04-01');
    await act('InspectionMSP', 'scrap', vid, '2026-05-01');
    for (const name of ['appraise', 'scrap', 'recordExport']) {
      await expectRefusal(consortium, 'LIFE_CYCLE_REFUSED', () =>
        act('InspectionMSP', name, vid, '2026-05-02'),
      );
    }
  });
});
