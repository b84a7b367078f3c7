import { afterEach, beforeEach, expect, test } from 'vitest';

import { readAll, TestFiles } from '../testing/files.ts';
import { crashReports } from './crash-reports.ts';
import { crashColumns } from './crash-row.ts';

let files: TestFiles;
beforeEach(async () => {
  files = await TestFiles.create();
});
afterEach(async () => {
  await files.remove();
});

const usual: Partial<Record<(typeof crashColumns)[number], string>> = {
  report_id: '100-1',
  report_version: '1',
  vehicle_key: 'car1',
  incident_month: 'MAR-2024',
  injury_severity: 'Unknown',
};

/** A line of the file; the first column is one that nobody reads. */
const line = (cells: typeof usual): string =>
  ['x', ...crashColumns.map((column) => `"${{ ...usual, ...cells }[column] ?? ''}"`)].join(',');

const read = async (lines: readonly string[]) => {
  const path = await files.text('crashes.csv', [['file', ...crashColumns].join(','), ...lines]);
  return readAll(crashReports({ path, ...files.limits }));
};

test('a report is an incident with what it says, in our units', async () => {
  const { events, refused } = await read([
    line({
      incident_time: '21:29',
      mileage_mi: '5091.0',
      city: 'San Francisco',
      state: 'CA ',
      injury_severity: 'Fatality',
      crash_with: 'Unknown',
      sv_speed_mph: '50',
      weather: 'Unk - See Narrative',
    }),
  ]);
  expect(refused).toEqual({});
  expect(events).toEqual([
    {
      type: 'event',
      papers: { 'Passport.Region': 'US-CA' },
      vehicle: 'car1',
      id: 'incident:100-1:v1',
      kind: 'incident',
      at: '2024-03-01',
      method: 'professional',
      odometerKm: 8193,
      fields: {
        'Passport.Incident.Time': '2024-03 21:29',
        'Passport.Incident.Severity': 'Fatality',
        'Passport.Incident.Place': 'San Francisco, CA',
        'Passport.Incident.Speed': 22_352,
      },
    },
  ]);
});

test('a later version corrects the one before it, if it says something else', async () => {
  const { events, refused } = await read([
    line({ report_version: '10', mileage_mi: '12' }),
    line({ report_version: '2' }),
    line({ report_version: '1' }),
    line({ report_version: '3', mileage_mi: '11' }),
  ]);
  expect(events.map(({ id, odometerKm, corrects }) => [id, odometerKm, corrects?.id])).toEqual([
    ['incident:100-1:v1', undefined, undefined],
    ['incident:100-1:v3', 18, 'incident:100-1:v1'],
    ['incident:100-1:v10', 19, 'incident:100-1:v3'],
  ]);
  expect(events[1]?.corrects?.reason).toBe('version 3 of the report replaces 1');
  expect(refused).toEqual({ 'version-without-change': 1 });
});

test('reports of a vehicle come by month, and stay with the vehicle that they named first', async () => {
  const { events } = await read([
    line({ report_id: '100-3', incident_month: 'DEC-2023' }),
    line({ report_id: '100-1', incident_month: 'FEB-2024' }),
    line({ report_id: '100-2', incident_month: 'JAN-2022' }),
    line({ report_id: '100-2', report_version: '2', vehicle_key: 'car2', mileage_mi: '7' }),
  ]);
  expect(events.map(({ id, vehicle }) => [id, vehicle])).toEqual([
    ['incident:100-2:v1', 'car1'],
    ['incident:100-2:v2', 'car1'],
    ['incident:100-3:v1', 'car1'],
    ['incident:100-1:v1', 'car1'],
  ]);
});

test('rows that cannot be are refused, and values that cannot be are left out', async () => {
  const { events, refused } = await read([
    line({ report_id: '' }),
    line({ report_id: '100-4', report_version: 'two' }),
    line({ report_id: '100-5', vehicle_key: '' }),
    line({ report_id: '100-6', incident_month: '' }),
    line({ report_id: '100-7', incident_month: 'FOO-2024' }),
    line({ report_id: '100-8', mileage_mi: '1e9', sv_speed_mph: '925' }),
    line({ report_id: '100-9' }),
    line({ report_id: '100-9', mileage_mi: '4' }),
    'x,100-10,1',
  ]);
  expect(refused).toEqual({
    'report-unnamed': 2,
    'vehicle-unnamed': 1,
    'month-unreadable': 2,
    'mileage-unreadable': 1,
    'speed-unreadable': 1,
    'version-repeated': 1,
    'row-unreadable': 1,
  });
  expect(events.map(({ id }) => id)).toEqual(['incident:100-8:v1', 'incident:100-9:v1']);
  expect(events[0]).not.toHaveProperty('odometerKm');
});
