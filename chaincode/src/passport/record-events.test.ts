import { type LogBook, sealClear } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

let ids = 0;
function event(vid: string, more: object = {}) {
  ids += 1;
  return {
    id: `event-${ids}`,
    vid,
    kind: 'trip',
    at: '2026-11-20',
    method: 'connected-car',
    sealed: sealClear({ 'Vehicle.TripMeterReading': 12_345 }),
    ...more,
  };
}

function record(events: readonly object[], more: object = {}) {
  return consortium.submit('MakerMSP', 'Passport', 'recordEvents', {
    source: 'MakerMSP/main',
    events,
    ...more,
  });
}

async function readLogBook(vid: string): Promise<LogBook> {
  return (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
}

describe('a batch of events', () => {
  test('is in the log books of its vehicles, each scored', async () => {
    const [first, second] = [await consortium.register(), await consortium.register()];
    const { answer } = await record([
      event(first, { odometerKm: 100 }),
      event(second),
      event(first, { odometerKm: 150 }),
    ]);
    expect(answer).toMatchObject({ events: 3, entries: { [first]: 1, [second]: 1 } });
    const { events } = await readLogBook(first);
    expect(events).toMatchObject([
      { odometerKm: 100, entry: 1, index: 0, source: 'MakerMSP/main', flags: [] },
      { odometerKm: 150, entry: 1, index: 1 },
    ]);
    // 600 (probation), 950 (connected car), 1000, 950 (three days): the fourth root of the product.
    expect(events[0]?.quality).toEqual({
      index: 857,
      source: 600,
      method: 950,
      plausibility: 1000,
      timeliness: 950,
    });
  });

  test('reads the head and the life cycle of each vehicle, and writes head and entry', async () => {
    const vid = await consortium.register();
    const { effects } = await record([event(vid), event(vid)]);
    const ofVehicle = (keys: readonly string[]) => keys.filter((key) => key.includes(vid)).sort();
    expect(ofVehicle(effects.reads)).toEqual([`head|${vid}|MakerMSP/main`, `life|${vid}`]);
    expect(ofVehicle(effects.writes.map(([key]) => key))).toEqual([
      `head|${vid}|MakerMSP/main`,
      `log|${vid}|MakerMSP/main|00000001`,
    ]);
    expect(effects.ranges).toEqual([]);
    const others = effects.reads
      .filter((key) => !key.includes(vid))
      .map((key) => key.split('|', 1).join());
    expect(others.sort()).toEqual(['command', 'member', 'parameter', 'parameter', 'source']);
    expect(effects.events.map(([name]) => name)).toEqual(['EventsRecorded']);
  });

  test('two sources that write the same vehicle at once do not conflict', async () => {
    const vid = await consortium.register();
    const one = await consortium.endorse('MakerMSP', 'Passport', 'recordEvents', {
      source: 'MakerMSP/main',
      events: [event(vid)],
    });
    const other = await consortium.endorse('GarageMSP', 'Passport', 'recordEvents', {
      source: 'GarageMSP/main',
      events: [event(vid, { kind: 'mileage', odometerKm: 5, method: 'professional' })],
    });
    expect([one.commit(), other.commit()]).toEqual([true, true]);
  });

  test('of one source about the same vehicle, endorsed at once, only one is valid', async () => {
    const vid = await consortium.register();
    const endorse = () =>
      consortium.endorse('MakerMSP', 'Passport', 'recordEvents', {
        source: 'MakerMSP/main',
        events: [event(vid)],
      });
    const [one, other] = [await endorse(), await endorse()];
    expect([one.commit(), other.commit()]).toEqual([true, false]);
  });

  test('sent again under its command id answers the same and adds nothing', async () => {
    const vid = await consortium.register();
    const request = { commandId: 'batch-again', events: [event(vid)] };
    const first = await record(request.events, request);
    const state = consortium.ledger.state();
    const second = await record(request.events, request);
    expect(second.answer).toEqual(first.answer);
    expect(consortium.ledger.state()).toEqual(state);
    await expectRefusal(consortium, 'COMMAND_ID_REUSED', () =>
      record([event(vid)], { commandId: 'batch-again' }),
    );
  });
});

describe('plausibility at recording', () => {
  test('an odometer that is lower than before is recorded and flagged', async () => {
    const vid = await consortium.register();
    await record([event(vid, { at: '2026-01-10', odometerKm: 90_000 })]);
    await record([event(vid, { at: '2026-11-10', odometerKm: 40_000 })]);
    const { events } = await readLogBook(vid);
    expect(events[1]).toMatchObject({
      odometerKm: 40_000,
      flags: ['odometer-lower-than-before'],
      quality: { plausibility: 150 },
    });
  });

  test('an impossible distance, a late event, and one of before the vehicle are flagged', async () => {
    const vid = await consortium.register();
    await record([
      event(vid, { at: '2026-11-01', odometerKm: 1_000 }),
      event(vid, { at: '2026-11-02', odometerKm: 5_001 }),
      event(vid, { at: '2026-10-01', odometerKm: 5_002 }),
      event(vid, { at: '2019-12-31' }),
    ]);
    const flags = new Map((await readLogBook(vid)).events.map(({ at, flags: own }) => [at, own]));
    expect(Object.fromEntries(flags)).toEqual({
      '2026-11-01': [],
      '2026-11-02': ['odometer-jump'],
      '2026-10-01': ['odometer-higher-than-after', 'late'],
      '2019-12-31': ['late', 'before-registration'],
    });
  });

  test('a replaced odometer is no rollback, for no source', async () => {
    const vid = await consortium.register();
    await record([event(vid, { at: '2026-01-10', odometerKm: 90_000 })]);
    await consortium.submit('GarageMSP', 'Passport', 'replaceOdometer', {
      source: 'GarageMSP/main',
      event: { id: 'cluster', vid, at: '2026-05-01', method: 'professional', odometerKm: 10 },
      formerOdometerKm: 95_000,
    });
    await record([event(vid, { at: '2026-06-01', odometerKm: 900 })]);
    await record([event(vid, { at: '2026-07-01', odometerKm: 200 })]);
    const { events } = await readLogBook(vid);
    expect(events.map(({ kind, flags }) => [kind, flags])).toEqual([
      ['trip', []],
      ['odometer-replaced', []],
      ['trip', []],
      ['trip', ['odometer-lower-than-before']],
    ]);
  });
});

describe('a batch with one bad event is refused by name, and nothing of it is written', () => {
  const cases: [string, Parameters<typeof expectRefusal>[1], object][] = [
    ['an unknown vid', 'VEHICLE_UNKNOWN', { vid: 'zzzzzzzzzzzzzzzzzzzzzzzzzy' }],
    ['a malformed vid', 'VID_INVALID', { vid: 'xyz' }],
    ['an unknown kind', 'KIND_UNKNOWN', { kind: 'teleported' }],
    ['a kind that its role does not write', 'KIND_NOT_ALLOWED', { kind: 'inspection' }],
    ['an unknown method', 'METHOD_UNKNOWN', { method: 'hearsay' }],
    ['a method that the source does not have', 'METHOD_NOT_ALLOWED', { method: 'dongle' }],
    ['a day that is not there yet', 'DAY_IN_FUTURE', { at: '2026-11-25' }],
    ['a day before the motor car', 'DAY_ABSURD', { at: '1850-01-01' }],
    ['a day that the calendar does not have', 'DAY_INVALID', { at: '2026-02-30' }],
    ['an odometer below nothing', 'ODOMETER_INVALID', { odometerKm: -1 }],
    ['an odometer beyond all', 'ODOMETER_INVALID', { odometerKm: 10_000_000 }],
    ['half a kilometre', 'ODOMETER_INVALID', { odometerKm: 1.5 }],
    ['a mileage without an odometer', 'ODOMETER_REQUIRED', { kind: 'mileage', sealed: {} }],
    [
      'a class that its kind does not have',
      'FIELD_CLASS_UNKNOWN',
      { kind: 'mileage', odometerKm: 1, sealed: { incident: 'AAAA' } },
    ],
    ['an unknown class', 'FIELD_CLASS_UNKNOWN', { sealed: { gossip: 'AAAA' } }],
    ['a suite that is not allowed', 'SUITE_NOT_ALLOWED', { sealed: { usage: '_wAA' } }],
    ['a field that is no base64url', 'SEALED_FIELD_INVALID', { sealed: { usage: '=' } }],
    ['a malformed id', 'EVENT_ID_INVALID', { id: 'white space' }],
    ['the id of another', 'EVENT_ID_REPEATED', { id: 'good' }],
    ['a member too many', 'REQUEST_MALFORMED', { vin: 'WVWZZZ1JZXW000001' }],
  ];
  test.each(cases)('%s', async (_, code, bad) => {
    const vid = await consortium.register();
    const error = await expectRefusal(consortium, code, () =>
      record([event(vid, { id: 'good' }), event(vid, { id: 'bad', ...bad })]),
    );
    expect(error.message).toMatch(/\/events\/1|event bad/);
  });

  test('none and 501', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'BATCH_EMPTY', () => record([]));
    const many = Array.from({ length: 501 }, () => event(vid));
    await expectRefusal(consortium, 'BATCH_TOO_LARGE', () => record(many));
    await expect(record(many.slice(1))).resolves.toMatchObject({ answer: { events: 500 } });
  });
});

describe('who may record', () => {
  test('not as the source of another organisation', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'SOURCE_FOREIGN', () =>
      record([event(vid)], { source: 'GarageMSP/main' }),
    );
  });

  test('not as a source that is not registered', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'SOURCE_UNKNOWN', () =>
      record([event(vid)], { source: 'MakerMSP/other' }),
    );
  });

  test('not with a key that is none of the source', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'SOURCE_KEY_UNKNOWN', () =>
      consortium.asAdmin('MakerMSP', 'Passport', 'recordEvents', {
        source: 'MakerMSP/main',
        events: [event(vid)],
      }),
    );
  });

  test('not as a suspended source, until it is reinstated', async () => {
    const vid = await consortium.register();
    const suspend = { source: 'MakerMSP/main', reason: 'its clock is wrong' };
    await consortium.asAdmin('InspectionMSP', 'Members', 'suspendSource', suspend);
    await expectRefusal(consortium, 'SOURCE_SUSPENDED', () => record([event(vid)]));
    await consortium.asAdmin('InspectionMSP', 'Members', 'reinstateSource', suspend);
    await record([event(vid)]);
  });

  test('not with a time that is two minutes off', async () => {
    const vid = await consortium.register();
    const request = { source: 'MakerMSP/main', events: [event(vid)] };
    for (const skewMs of [-121_000, 121_000]) {
      await expectRefusal(consortium, 'CLOCK_SKEWED', () =>
        consortium.submit('MakerMSP', 'Passport', 'recordEvents', request, skewMs),
      );
    }
  });
});
