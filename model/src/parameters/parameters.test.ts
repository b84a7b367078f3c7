import { describe, expect, test } from 'vitest';

import { GRANT_DAYS_DEFAULT, GRANT_DAYS_MAX } from '../consent/grant.ts';
import { developmentSuites, parameterName, parameterNames, parameters } from './parameters.ts';

describe('the parameters', () => {
  test.each(parameterNames)('%s begins with a value that it takes', (name) => {
    const { schema, initial } = parameters[name];
    expect(schema.parse(initial)).toEqual(initial);
    expect(parameterName.parse(name)).toBe(name);
  });

  test('let grants last 90 days, and two years at most', () => {
    expect(parameters['consent.grant-days'].initial).toEqual({
      initial: GRANT_DAYS_DEFAULT,
      max: GRANT_DAYS_MAX,
    });
    expect([GRANT_DAYS_DEFAULT, GRANT_DAYS_MAX]).toEqual([90, 730]);
  });

  test('seal fields unless a development ledger says otherwise', () => {
    const { schema, initial } = parameters['privacy.suites'];
    expect(initial.allowed).not.toContain(0);
    expect(schema.parse(developmentSuites).allowed).toContain(0);
  });
});
