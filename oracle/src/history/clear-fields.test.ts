import { describe, expect, test } from 'vitest';

import { clear } from '../testing/test-ledger.ts';
import { clearFields, countOf, dimensionText, papersOf } from './clear-fields.ts';

describe('fields in the clear', () => {
  test.each([
    clear('{'),
    clear('null'),
    clear('[1]'),
    clear({ 'Vehicle.Colour': 1 }),
    clear({ 'Vehicle.AverageSpeed': 0.5 }),
    clear({ 'Vehicle.AverageSpeed': 5, 'Vehicle.TripDuration': null }),
  ])('stay closed where they cannot be read: %s', (text) => {
    expect(clearFields(text)).toEqual({});
  });

  test('have no lone surrogates', () => {
    expect(clearFields(clear('{"Passport.Incident.Place":"a\\ud83d"}'))).toEqual({
      'Passport.Incident.Place': 'a\ufffd',
    });
  });
});

describe('the value of a dimension', () => {
  test.each([
    ['oil', 'oil'],
    ['  oil change\u00a0', 'oil change'],
    ['😀'.repeat(64), '😀'.repeat(64)],
    ['😀'.repeat(65), 'unknown'],
    ['', 'unknown'],
    [' \t', 'unknown'],
    ['a\u001fb', 'unknown'],
    ['a\u007f', 'unknown'],
    ['a\u0080', 'a\u0080'],
    [7, 'unknown'],
    [undefined, 'unknown'],
  ])('of %j is %j', (value, text) => {
    expect(dimensionText(value)).toBe(text);
  });

  test('is the fuel, else the powertrain', () => {
    const powertrain = { 'Vehicle.Powertrain.Type': 'ELECTRIC' };
    const fuel = { 'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': 'petrol' };
    expect(papersOf({ ...powertrain, ...fuel }).energy).toBe('petrol');
    expect(papersOf(powertrain).energy).toBe('ELECTRIC');
    expect(papersOf({}).energy).toBe('unknown');
  });
});

test.each([
  [0, 0],
  [1_000_000_000, 1_000_000_000],
  [1_000_000_001, undefined],
  [-1, undefined],
  ['5', undefined],
])('a count of %j is %j', (value, count) => {
  expect(countOf({ 'Vehicle.TripDuration': value }, 'Vehicle.TripDuration')).toBe(count);
});
