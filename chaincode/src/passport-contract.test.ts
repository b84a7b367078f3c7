import { describe, expect, test } from 'vitest';

import { PassportContract } from './passport-contract.ts';
import { RecordingLedger } from './testing/recording-stub.ts';

const contract = new PassportContract();
const vid = 'abcdefghijklmnopqrstuvwxya';
const other = 'bbcdefghijklmnopqrstuvwxya';
const now = '2026-03-10T12:00:00Z';

async function registered(): Promise<RecordingLedger> {
  const ledger = new RecordingLedger();
  await ledger.submit('MakerMSP', now, (c) => contract.registerVehicle(c, vid, '2024-05-01'));
  return ledger;
}

function record(ledger: RecordingLedger, km: string, day = '2026-03-10', mspId = 'GarageMSP') {
  return ledger.submit(mspId, now, (c) => contract.recordMileage(c, vid, 'r-1', km, day));
}

describe('read and write set', () => {
  test('registerVehicle reads and writes the head of the vehicle, and nothing else', async () => {
    const { effects, answer } = await new RecordingLedger().submit('MakerMSP', now, (c) =>
      contract.registerVehicle(c, vid, '2024-05-01'),
    );
    const registration = `{"day":"2024-05-01","kind":"registered","source":"MakerMSP","vid":"${vid}"}`;
    expect(effects).toEqual({
      reads: [`vehicle/${vid}/`],
      ranges: [],
      writes: [[`vehicle/${vid}/`, `{"latest":null,"readings":0,"registration":${registration}}`]],
      events: [['VehicleRegistered', registration]],
    });
    expect(answer).toBe(registration);
  });

  test('recordMileage reads the head only, and writes it and one key of the reading', async () => {
    const { effects, answer } = await record(await registered(), '42000');
    const entry = `{"day":"2026-03-10","flags":[],"id":"r-1","kind":"mileage","odometerKm":42000,"sequence":1,"source":"GarageMSP","vid":"${vid}"}`;
    const head = `{"latest":{"day":"2026-03-10","odometerKm":42000},"readings":1,"registration":{"day":"2024-05-01","kind":"registered","source":"MakerMSP","vid":"${vid}"}}`;
    expect(effects).toEqual({
      reads: [`vehicle/${vid}/`],
      ranges: [],
      writes: [
        [`reading/${vid}/0000000001/`, entry],
        [`vehicle/${vid}/`, head],
      ],
      events: [['MileageRecorded', entry]],
    });
    expect(answer).toBe(entry);
  });

  test('readLogBook reads the head and the range of readings, and writes nothing', async () => {
    const ledger = await registered();
    await record(ledger, '42000');
    const { effects } = await ledger.submit('InsurerMSP', now, (c) => contract.readLogBook(c, vid));
    expect(effects).toEqual({
      reads: [`vehicle/${vid}/`],
      ranges: [`reading/${vid}/`],
      writes: [],
      events: [],
    });
  });
});

describe('PassportContract', () => {
  test('a log book read back shows every entry with its source, by day', async () => {
    const ledger = await registered();
    await record(ledger, '42000', '2026-03-01');
    await record(ledger, '17000', '2026-03-10', 'InsurerMSP');
    await record(ledger, '40000', '2026-02-01', 'MakerMSP');
    const { answer } = await ledger.submit('MakerMSP', now, (c) => contract.readLogBook(c, vid));
    const { timeline } = JSON.parse(answer) as { timeline: Record<string, unknown>[] };
    expect(timeline.map((e) => [e['day'], e['source'], e['odometerKm'], e['flags']])).toEqual([
      ['2024-05-01', 'MakerMSP', undefined, undefined],
      ['2026-02-01', 'MakerMSP', 40_000, []],
      ['2026-03-01', 'GarageMSP', 42_000, []],
      ['2026-03-10', 'InsurerMSP', 17_000, ['odometer-lower-than-before']],
    ]);
  });

  test('another vehicle with readings does not show in a log book', async () => {
    const ledger = await registered();
    await ledger.submit('MakerMSP', now, (c) => contract.registerVehicle(c, other, '2025-01-01'));
    await record(ledger, '42000');
    const { answer } = await ledger.submit('MakerMSP', now, (c) => contract.readLogBook(c, other));
    expect((JSON.parse(answer) as { timeline: unknown[] }).timeline).toHaveLength(1);
  });

  test('registering a vehicle again is refused by a code in the message', async () => {
    const again = (await registered()).submit('GarageMSP', now, (c) =>
      contract.registerVehicle(c, vid, '2024-05-01'),
    );
    await expect(again).rejects.toThrow(/^PASSPORT_VEHICLE_KNOWN: /);
  });

  test.each([
    ['a vehicle that is not registered', other, 'r-1', '1', '2026-03-10', 'VEHICLE_UNKNOWN'],
    ['a vid that is none', 'VIN', 'r-1', '1', '2026-03-10', 'VID_INVALID'],
    ['an id with a blank', vid, 'r 1', '1', '2026-03-10', 'READING_ID_INVALID'],
    ['a negative odometer', vid, 'r-1', '-1', '2026-03-10', 'ODOMETER_INVALID'],
    ['an odometer with a fraction', vid, 'r-1', '1.5', '2026-03-10', 'ODOMETER_INVALID'],
    ['an odometer with an exponent', vid, 'r-1', '1e3', '2026-03-10', 'ODOMETER_INVALID'],
    ['an odometer of eight digits', vid, 'r-1', '10000000', '2026-03-10', 'ODOMETER_INVALID'],
    ['a day that the calendar lacks', vid, 'r-1', '1', '2026-02-30', 'DAY_INVALID'],
    ['a day with a time', vid, 'r-1', '1', '2026-03-10T10:00:00Z', 'DAY_INVALID'],
    ['a day that is nowhere yet', vid, 'r-1', '1', '2026-03-12', 'DAY_IN_FUTURE'],
  ])('%s is refused by a code', async (_, vidText, id, km, day, code) => {
    const refused = (await registered()).submit('GarageMSP', now, (c) =>
      contract.recordMileage(c, vidText, id, km, day),
    );
    await expect(refused).rejects.toThrow(new RegExp(`^PASSPORT_${code}: `));
  });
});
