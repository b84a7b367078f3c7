import type { ReleasedBatch } from '@passport/batch-layer';
import { readReleasedQuery } from '@passport/model';
import { expect, test } from 'vitest';

import { ReleasedCubes } from './released-cubes.ts';

function events(
  block: number,
  brand: string,
  kind: string,
  [count, points]: readonly [number, number],
): ReleasedBatch {
  return {
    ...{ view: 'events', block, dimensions: ['2026-01-01', brand, 'm', '*', '*', '*', kind, '*'] },
    sums: [
      ...[['batches', 1] as const, ['vehicles', 10] as const],
      ...[['events', count] as const, ['qualityPoints', points] as const],
    ],
  };
}

const cubes = new ReleasedCubes();
cubes.add([
  events(3, 'Seat', 'trip', [10, 8_005]),
  events(3, 'Seat', 'intervention', [10, 5_000]),
  events(3, 'Opel', 'trip', [30, 12_000]),
  events(7, 'Seat', 'trip', [10, 2_000]),
]);

test.each([
  ['usage', 'metrics=trips&brand=Seat', 3, 800],
  ['usage', 'metrics=trips&brand=Seat', 7, 500],
  ['usage', 'metrics=trips&brand=Seat&from=2026-01-01', 3, 800],
  ['usage', 'metrics=trips', 3, 500],
  ['interventions', 'metrics=interventions&brand=Seat', 7, 500],
  ['interventions', 'metrics=interventions&brand=Opel', 7, null],
  ['incidents', 'metrics=incidents', 7, null],
  ['events', 'metrics=events&brand=Seat', 3, 650],
  ['usage', 'metrics=trips&from=2027-01-01', 7, null],
])('the quality of %s?%s at block %i is the mean of its events', (view, question, block, mean) => {
  const query = readReleasedQuery(view, new URLSearchParams(question));
  expect(cubes.quality(query, block)).toBe(mean);
});

test.each([
  [['usage'], 3, 500],
  [['usage'], 7, 440],
  [['interventions'], 7, 500],
  [['interventions', 'incidents'], 7, 500],
  [['usage', 'interventions'], 3, 500],
  [['usage', 'mileage'], 7, 450],
  [['incidents'], 7, null],
] as const)(
  'the quality of all of %j at block %i is the mean of its events',
  (views, block, mean) => {
    expect(cubes.qualityOfViews(views, block)).toBe(mean);
  },
);
