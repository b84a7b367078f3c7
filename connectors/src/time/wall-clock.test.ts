import { expect, test } from 'vitest';

import { WallClock } from './wall-clock.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

const read = (zone: string, wall: string): string | undefined => {
  const instant = new WallClock(zone).instantOf(utc(wall));
  return instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 19);
};

test.each([
  ['Europe/Berlin', '2017-07-05T07:16:30', '2017-07-05T05:16:30'],
  ['Europe/Berlin', '2018-02-14T07:06:35', '2018-02-14T06:06:35'],
  ['Europe/London', '2012-06-01T00:30:00', '2012-05-31T23:30:00'],
  // Morocco goes back to UTC for Ramadan only.
  ['Africa/Casablanca', '2021-04-22T08:42:50', '2021-04-22T08:42:50'],
  ['Africa/Casablanca', '2021-05-25T17:19:58', '2021-05-25T16:19:58'],
])('%s, %s is %s in UTC', (zone, wall, expected) => {
  expect(read(zone, wall)).toBe(expected);
});

test('the hour that comes twice is its first', () => {
  expect(read('Europe/Berlin', '2017-10-29T02:30:00')).toBe('2017-10-29T00:30:00');
  expect(read('Europe/Berlin', '2017-10-29T03:00:00')).toBe('2017-10-29T02:00:00');
});

test('the hour that clocks leave out is no time', () => {
  expect(read('Europe/Berlin', '2018-03-25T01:59:59')).toBe('2018-03-25T00:59:59');
  expect(read('Europe/Berlin', '2018-03-25T02:30:00')).toBeUndefined();
  expect(read('Europe/Berlin', '2018-03-25T03:00:00')).toBe('2018-03-25T01:00:00');
});

test('a clock that is asked for times in any order answers each by itself', () => {
  const clock = new WallClock('Europe/Berlin');
  const summer = clock.instantOf(utc('2017-07-05T12:00:00'));
  clock.instantOf(utc('2018-02-14T12:00:00'));
  expect(clock.instantOf(utc('2017-07-05T12:00:00'))).toBe(summer);
});
