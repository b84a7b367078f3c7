import { signals } from '@passport/model';
import { expect, test } from 'vitest';

import { valueText, writerOf } from './people-units.ts';

const writer = writerOf('en');

test.each([
  [{ value: 12_345, unit: 'm' }, '12.3 km'],
  [{ value: 25_000, unit: 'mm/s' }, '90 km/h'],
  [{ value: 90 * 60_000, unit: 'ms' }, '90 min'],
  [{ value: 215, unit: 'degC/10' }, '21.5 °C'],
  [{ value: 3, unit: 'count' }, '3'],
  [{ value: 'front left', unit: null }, 'front left'],
])('%j is written as %s', (field, text) => {
  expect(valueText(field, writer)).toBe(text);
});

test('every unit of the catalogue of signals has a way to be told', () => {
  for (const signal of Object.values(signals)) {
    if (signal.type !== 'number') continue;
    expect(valueText({ value: 1000, unit: signal.unit }, writer)).not.toMatch(
      /mm|permille|\/10|ms/,
    );
  }
});

test('French writes French', () => {
  expect(valueText({ value: 1_234_500, unit: 'm' }, writerOf('fr'))).toMatch(/^1.234,5 km$/);
});
