import { afterEach, beforeEach, expect, test } from 'vitest';

import { readAll, TestFiles } from '../testing/files.ts';
import { collisions } from './collisions.ts';

const collisionColumns =
  'year,acc_ref,severity,a_date,a_time_hr,a_time_min,light_cond,weather,road_surf,easting,northing,acc_type';
const vehicleColumns = 'year,acc_ref,veh_ref,veh_type,manoeuvres,skidding,point_impact';

let files: TestFiles;
beforeEach(async () => {
  files = await TestFiles.create();
});
afterEach(async () => {
  await files.remove();
});

const read = async (collisionLines: readonly string[], vehicleLines: readonly string[]) => {
  const collisionsPath = await files.text('collisions.csv', [collisionColumns, ...collisionLines]);
  const vehiclesPath = await files.text('vehicles.csv', [vehicleColumns, ...vehicleLines]);
  return readAll(collisions({ collisionsPath, vehiclesPath, ...files.limits }));
};

test('each motor vehicle of a collision has an incident, at its time in UTC', async () => {
  const { events, refused } = await read(
    ['2012,77,Serious,01/07/2012,0,30,Darkness,Fine,Dry,326450,676770,Pedestrian'],
    [
      '2012,77,2,Pedal cycle,Turning left,,Front',
      '2012,77,1,Car,Turning right,Skidded and overturned,unset',
    ],
  );
  expect(refused).toEqual({ 'no-motor-vehicle': 1 });
  expect(events).toEqual([
    {
      type: 'event',
      vehicle: '2012-77-1',
      id: 'incident:2012-77-1',
      kind: 'incident',
      at: '2012-07-01',
      method: 'professional',
      fields: {
        'Passport.Incident.Time': '2012-06-30T23:30:00.000Z',
        'Passport.Incident.Severity': 'Serious',
        'Passport.Incident.Damage': 'Overturned',
        'Passport.Incident.With': 'Pedestrian',
        'Passport.Incident.Manoeuvre': 'Turning right',
        'Passport.Incident.RoadSurface': 'Dry',
        'Passport.Incident.Light': 'Darkness',
        'Passport.Incident.Weather': 'Fine',
        'Passport.Incident.Place': 'OSGB 326450 676770',
      },
    },
  ]);
});

test('rows that cannot be are refused; a time that cannot be is left out', async () => {
  const { events, refused } = await read(
    [
      '2012,1,Slight,30/02/2012,1,1,,,,,,',
      '2012,2,Slight,25/03/2012,1,30,,,,,,',
      '2012,3,Slight,01/01/2012,24,0,,,,x,1,',
    ],
    [
      '2012,1,1,Car,,,',
      '2012,2,1,Car,,,',
      '2012,3,1,Car,,,',
      '2012,4,1,Car,,,',
      '2012,3,,Car,,,',
      'x',
    ],
  );
  expect(refused).toEqual({
    'date-unreadable': 1,
    'time-unreadable': 2,
    'collision-unknown': 1,
    'vehicle-unnamed': 1,
    'row-unreadable': 1,
  });
  expect(events.map(({ id, fields }) => [id, fields])).toEqual([
    ['incident:2012-3-1', { 'Passport.Incident.Severity': 'Slight' }],
    ['incident:2012-2-1', { 'Passport.Incident.Severity': 'Slight' }],
  ]);
});
