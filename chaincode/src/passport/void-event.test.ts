import type { LogBook } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

let ids = 0;
async function mileage(vid: string, at: string, odometerKm: number) {
  ids += 1;
  const event = {
    id: `reading-${ids}`,
    vid,
    at,
    odometerKm,
    kind: 'mileage',
    method: 'professional',
  };
  await consortium.submit('GarageMSP', 'Passport', 'recordEvents', {
    source: 'GarageMSP/main',
    events: [event],
  });
}

function voidEvent(vid: string, entry: number, more: object = {}) {
  ids += 1;
  return consortium.submit('GarageMSP', 'Passport', 'voidEvent', {
    source: 'GarageMSP/main',
    id: `void-${ids}`,
    vid,
    at: '2026-11-20',
    event: { source: 'GarageMSP/main', entry, index: 0 },
    reason: 'typed one nought too many',
    ...more,
  });
}

async function readLogBook(vid: string): Promise<LogBook> {
  return (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
}

describe('voiding an event', () => {
  test('adds one that says so; the event itself stays as it was', async () => {
    const vid = await consortium.register();
    await mileage(vid, '2026-01-01', 1_000);
    const [before] = (await readLogBook(vid)).events;
    await voidEvent(vid, 1);
    const [after, voiding] = (await readLogBook(vid)).events;
    const { voidedBy, ...rest } = after ?? {};
    expect(rest).toEqual(before);
    expect(voidedBy).toMatchObject({ entry: 2, index: 0, reason: 'typed one nought too many' });
    expect(voiding).toMatchObject({ kind: 'voided', voids: { entry: 1, index: 0 } });
  });

  test('of the latest reading makes the one before it count again', async () => {
    const vid = await consortium.register();
    await mileage(vid, '2026-01-01', 10_000);
    await mileage(vid, '2026-02-01', 110_000);
    await voidEvent(vid, 2);
    await mileage(vid, '2026-03-01', 12_000);
    await mileage(vid, '2026-04-01', 9_000);
    const readings = (await readLogBook(vid)).events.filter(({ kind }) => kind === 'mileage');
    expect(readings.map(({ odometerKm, flags }) => [odometerKm, flags])).toEqual([
      [10_000, []],
      [110_000, ['odometer-jump']],
      [12_000, []],
      [9_000, ['odometer-lower-than-before']],
    ]);
  });

  test('happens once', async () => {
    const vid = await consortium.register();
    await mileage(vid, '2026-01-01', 1_000);
    await voidEvent(vid, 1);
    await expectRefusal(consortium, 'EVENT_VOIDED', () => voidEvent(vid, 1));
  });

  test('is refused for what does not exist, is another’s, cannot be voided, or has no reason', async () => {
    const vid = await consortium.register();
    await mileage(vid, '2026-01-01', 1_000);
    await voidEvent(vid, 1);
    await expectRefusal(consortium, 'EVENT_UNKNOWN', () => voidEvent(vid, 7));
    await expectRefusal(consortium, 'EVENT_NOT_VOIDABLE', () => voidEvent(vid, 2));
    const foreign = { source: 'MakerMSP/main', entry: 1, index: 0 };
    await expectRefusal(consortium, 'SOURCE_FOREIGN', () => voidEvent(vid, 1, { event: foreign }));
    await expectRefusal(consortium, 'REASON_INVALID', () => voidEvent(vid, 1, { reason: '' }));
    await expectRefusal(consortium, 'DAY_IN_FUTURE', () => voidEvent(vid, 1, { at: '2027-01-01' }));
  });
});
