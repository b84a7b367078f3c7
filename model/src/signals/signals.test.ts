import { describe, expect, test } from 'vitest';

import { fieldClasses } from '../events/field-classes.ts';
import { isSignalName, signals, signalValue } from './signals.ts';
import { toKeptUnit } from './units.ts';

const entries = Object.entries(signals);

describe('the signals', () => {
  test.each(entries)(
    '%s is named as VSS names, has a class, and a unit or a text',
    (name, signal) => {
      expect(name).toMatch(/^(?:Vehicle|Passport)(?:\.[A-Z][A-Za-z0-9]*)+$/);
      expect(fieldClasses).toContain(signal.class);
      if (signal.type === 'number') expect(toKeptUnit(1, signal.unit, signal.unit)).toBe(1);
      else expect(signal).not.toHaveProperty('unit');
    },
  );

  test('there is one of each class that owners can grant', () => {
    expect(new Set(entries.map(([, signal]) => signal.class))).toEqual(new Set(fieldClasses));
  });

  test.each(['toString', '__proto__', 'constructor', '', 'Vehicle', 'vehicle.averagespeed'])(
    '%j is none',
    (name) => {
      expect(isSignalName(name)).toBe(false);
      expect(() => signalValue(name, 1, 'm')).toThrow(/^SIGNAL_UNKNOWN: /);
    },
  );
});

describe('signalValue', () => {
  test('converts to the unit that the signal is kept in', () => {
    expect(signalValue('Vehicle.AverageSpeed', 36, 'km/h')).toBe(10_000);
    expect(signalValue('Vehicle.TripMeterReading', 1.5, 'km')).toBe(1500);
    expect(signalValue('Vehicle.Exterior.AirTemperature', -3.25, 'celsius')).toBe(-33);
  });

  test('refuses units that the signal is not made of, and any for a text', () => {
    for (const [name, unit] of [
      ['Vehicle.AverageSpeed', 'km'],
      ['Vehicle.TripDuration', 'parsec'],
      ['Passport.Trip.Start', 'ms'],
    ] as const) {
      expect(() => signalValue(name, 1, unit)).toThrow(/^UNIT_UNKNOWN: /);
    }
  });
});
