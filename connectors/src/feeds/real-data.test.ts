import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  canonicalJson,
  eventInput,
  isSignalName,
  kindRules,
  sealClear,
  signals,
  vidOfBytes,
} from '@passport/model';

import { defaultReadLimits } from '../duckdb/read-columns.ts';
import type { Feed } from '../feed.ts';
import { readAll, realData } from '../testing/files.ts';
import { collisions } from './collisions.ts';
import { crashReports } from './crash-reports.ts';
import { evSignals } from './ev-signals.ts';
import { fleetPositions } from './fleet-positions.ts';
import { obdSignals } from './obd-signals.ts';

const data = realData();
const limits = { ...defaultReadLimits, spillDirectory: join(tmpdir(), 'passport-feeds-spill') };
const file = (...names: readonly string[]): string => join(data ?? '', ...names);
const vid = vidOfBytes(new Uint8Array(16));

const feeds: Readonly<Record<string, () => Feed>> = {
  'fleet-positions': () =>
    fleetPositions({ path: file('capmetro_fleet', 'positions.parquet'), ...limits }),
  'obd-signals': () =>
    obdSignals({
      path: file('kit_obd_seat_leon', 'obd_1hz.parquet'),
      vehicle: 'seat-leon',
      engine: 'diesel',
      ...limits,
    }),
  'ev-signals': () =>
    evSignals({
      path: file('twizy_ev_rsk', 'trips_1hz.parquet'),
      vehicle: 'twizy',
      ...limits,
    }),
  'crash-reports': () =>
    crashReports({ path: file('nhtsa_sgo_crashes', 'crash_reports.csv'), ...limits }),
  collisions: () =>
    collisions({
      collisionsPath: file('edinburgh_collisions', 'collisions.csv'),
      vehiclesPath: file('edinburgh_collisions', 'vehicles.csv'),
      ...limits,
    }),
};

describe.skipIf(data === undefined).each(Object.entries(feeds))('%s on real data', (_, make) => {
  test('says what the ledger takes, in order and the same again', { timeout: 60_000 }, async () => {
    const { events, items } = await readAll(make());
    expect(events.length).toBeGreaterThan(10);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const latest = new Map<string, string>();
    for (const event of events) {
      const { vehicle, id, kind, at, method, odometerKm, fields } = event;
      const reading = odometerKm === undefined ? {} : { odometerKm };
      const sealed = sealClear(fields);
      eventInput.parse({ id, vid, kind, at, method, ...reading, sealed });
      const { classes, odometer } = kindRules[kind];
      expect(classes).toEqual(expect.arrayContaining(Object.keys(sealed)));
      if (odometer === 'required') expect(odometerKm).toBeDefined();
      for (const [name, value] of Object.entries(fields)) {
        if (!isSignalName(name)) throw new Error(`no signal ${name}`);
        expect(typeof value).toBe(signals[name].type === 'text' ? 'string' : 'number');
      }
      if (event.corrects === undefined) expect(at >= (latest.get(vehicle) ?? '')).toBe(true);
      latest.set(vehicle, at);
    }
    const again = await readAll(make());
    expect(canonicalJson(again.items)).toBe(canonicalJson(items));
  });
});
