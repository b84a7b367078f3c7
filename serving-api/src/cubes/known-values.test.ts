import { readViewQuery, type ViewName, views } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { Cube } from './cube.ts';
import { requireKnownValues } from './known-values.ts';

/** A cube of one cell, whose values are 2026-01-01 and, of each other dimension, A. */
function cubeOf(name: ViewName): Cube {
  const cube = new Cube(views[name]);
  cube.addFact(
    { key: 'events', delta: 1 },
    views[name].dimensions.map(({ name: dimension }) => (dimension === 'day' ? '2026-01-01' : 'A')),
  );
  return cube;
}

function ask(name: ViewName, parameters: string): void {
  const query = readViewQuery(name, new URLSearchParams(`metrics=events&${parameters}`));
  requireKnownValues(cubeOf(name), query);
}

describe('values of filters', () => {
  test.each([
    ['events', 'brand=A&region=A'],
    ['events', 'day=1999-01-01'],
    // No event is of this kind yet, but one could be.
    ['events', 'kind=incident'],
    ['activity', 'window=1h'],
  ] as const)('of the view %s are taken: %s', (name, parameters) => {
    expect(() => ask(name, parameters)).not.toThrow();
  });

  test.each([
    ['brand=B', 'no brand "B"; the view events has A'],
    ['brand=A&brand=A%1FB', 'the view events has A'],
    ['kind=absent', 'no kind "absent"; the view events has A, appraised, exported, incident'],
  ])('that are not there are refused with what is: %s', (parameters, detail) => {
    const refusal = { code: 'QUERY_INVALID', detail: expect.stringContaining(detail) as unknown };
    expect(() => ask('events', parameters)).toThrow(expect.objectContaining(refusal));
  });

  test('are listed up to a limit', () => {
    const cube = cubeOf('events');
    for (let brand = 0; brand < 60; brand += 1) {
      cube.rowOf(views.events.dimensions.map(({ name }) => (name === 'brand' ? `B${brand}` : 'A')));
    }
    const query = readViewQuery('events', new URLSearchParams('metrics=events&brand=none'));
    expect(() => requireKnownValues(cube, query)).toThrow(/ and 11 more$/);
  });
});
