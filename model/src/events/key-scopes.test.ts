import { describe, expect, test } from 'vitest';

import { signals } from '../signals/signals.ts';
import { fieldClasses, personalClasses } from './field-classes.ts';
import {
  aloneFields,
  classOfScope,
  fieldsInScope,
  keyScopes,
  scopeOfField,
  scopesOf,
} from './key-scopes.ts';

describe('a scope', () => {
  test('is a class, or a field that the schema seals by itself', () => {
    expect(keyScopes).toEqual([
      ...fieldClasses,
      'Passport.Incident.Severity',
      'Vehicle.TripMeterReading',
    ]);
    expect(aloneFields.map((field) => classOfScope(field))).toEqual(['incident', 'usage']);
  });

  test('has each field of the schema once', () => {
    for (const name of Object.keys(signals) as (keyof typeof signals)[]) {
      expect(classOfScope(scopeOfField(name))).toBe(signals[name].class);
    }
    expect(scopeOfField('Vehicle.TripMeterReading')).toBe('Vehicle.TripMeterReading');
    expect(scopeOfField('Vehicle.TripDuration')).toBe('usage');
  });

  test('says which fields its key opens: all of them together are the schema, each once', () => {
    expect(keyScopes.flatMap(fieldsInScope).toSorted()).toEqual(Object.keys(signals).toSorted());
    expect(fieldsInScope('Vehicle.TripMeterReading')).toEqual(['Vehicle.TripMeterReading']);
    expect(fieldsInScope('usage')).toContain('Vehicle.TripDuration');
    // It is sealed by itself: who has the class's key alone does not open it.
    expect(fieldsInScope('usage')).not.toContain('Vehicle.TripMeterReading');
  });

  test('of a granted class comes with those of its single fields; a single field comes alone', () => {
    expect(scopesOf({ classes: ['usage'], fields: [] })).toEqual([
      'usage',
      'Vehicle.TripMeterReading',
    ]);
    expect(scopesOf({ classes: [], fields: ['Vehicle.TripMeterReading'] })).toEqual([
      'Vehicle.TripMeterReading',
    ]);
    expect(scopesOf({ classes: ['usage'], fields: ['Vehicle.TripMeterReading'] })).toHaveLength(2);
    expect(scopesOf({ classes: [...fieldClasses], fields: [] })).toEqual(keyScopes);
  });

  test('is of the person or of the car', () => {
    expect(personalClasses).toEqual(['usage', 'location', 'driving', 'energy']);
  });
});
