import {
  cellName,
  type Fact,
  firstBucket,
  readCellName,
  type View,
  views,
  windows,
} from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { naiveRows } from '../testing/naive-answer.ts';
import { randomFact, randomQuery, START_TIME_MS } from '../testing/random-facts.ts';
import type { Floor } from './candidates.ts';
import { Cube } from './cube.ts';
import { queryCube } from './query-cube.ts';

type Query = Parameters<typeof queryCube>[1];

const LEDGER_TIME_MS = START_TIME_MS + 90 * 60_000;

function cubesOf(facts: readonly Fact[]): ReadonlyMap<string, Cube> {
  const cubes = new Map(Object.entries<View>(views).map(([name, view]) => [name, new Cube(view)]));
  for (const fact of facts) {
    const { view, dimensions } = readCellName(fact.cell);
    cubes.get(view)?.addFact(fact, dimensions);
  }
  return cubes;
}

function answer(cubes: ReadonlyMap<string, Cube>, query: Query) {
  const cube = cubes.get(query.view);
  if (cube === undefined) throw new Error('no cube');
  const window = windows.find(({ name }) => name === query.filters['window']?.[0]);
  const floor: Floor | undefined = window && {
    dimension: 'bucket',
    from: firstBucket(window, LEDGER_TIME_MS),
  };
  return queryCube(cube, query, floor);
}

describe('a cube', () => {
  test('answers as all facts added up one by one, in any order, some taken back', () => {
    fc.assert(
      fc.property(
        fc.array(randomFact, { maxLength: 60, size: 'max' }),
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.nat()),
        fc.array(randomQuery, { minLength: 1, maxLength: 6 }),
        (facts, isTakenBack, order, queries) => {
          const negative = facts
            .filter(() => isTakenBack.next().value)
            .map((fact) => ({ ...fact, delta: -fact.delta }));
          const all = [...facts, ...negative]
            .map((fact) => ({ fact, at: Number(order.next().value) }))
            .sort((a, b) => a.at - b.at)
            .map(({ fact }) => fact);
          const cubes = cubesOf(all);
          const copies = new Map([...cubes].map(([name, cube]) => [name, cube.copyOf(() => true)]));
          for (const query of queries) {
            expect(answer(cubes, query)).toEqual(naiveRows(all, query, LEDGER_TIME_MS));
            expect(answer(copies, query)).toEqual(answer(cubes, query));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('whose facts are all taken back is as if it never was, and counts again after', () => {
    const cell = ['2026-01-01', 'A', 'm', 'e', 'r', 'workshop', 'dt'];
    const cube = new Cube(views.usage);
    const query: Query = {
      ...{ view: 'usage', metrics: ['trips', 'vehicles', 'tripMP50'], by: ['brand'] },
      ...{ filters: {}, from: undefined, to: undefined },
    };
    const facts: Fact[] = ['trips', 'vehicle@v', 'tripM#3'].map((key) => ({
      ...{ cell: cellName('usage', cell), key, delta: 1 },
    }));
    for (let round = 0; round < 3; round += 1) {
      for (const fact of facts) cube.addFact(fact, cell);
      expect(queryCube(cube, query)).toEqual([['A', 1, 1, 3]]);
      for (const fact of facts) cube.addFact({ ...fact, delta: -1 }, cell);
      expect(queryCube(cube, query)).toEqual([]);
      expect(queryCube(cube, { ...query, by: [] })).toEqual([[0, 0, null]]);
    }
    expect(cube.rows).toBe(1);
  });

  test('finds each of many cells again, and refuses an answer of too many rows', () => {
    const cube = new Cube(views.usage);
    const count = 50_001;
    const cellAt = (index: number) => ['2026-01-01', `b${index}`, 'm', 'e', 'r', 'k', 'dt'];
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < count; index += 1) {
        cube.addFact({ key: 'trips', delta: index + 1 }, cellAt(index));
      }
    }
    expect(cube.rows).toBe(count);
    const shared = { view: 'usage', metrics: ['trips'], from: undefined, to: undefined } as const;
    const one: Query = { ...shared, by: ['brand'], filters: { brand: ['b40000'] } };
    expect(queryCube(cube, one)).toEqual([['b40000', 80_002]]);
    const every: Query = { ...shared, by: ['brand'], filters: {} };
    expect(() => queryCube(cube, every)).toThrow(
      expect.objectContaining({ code: 'QUERY_TOO_LARGE' }),
    );
    cube.addFact({ key: 'trips', delta: -2 }, cellAt(0));
    expect(queryCube(cube, every)).toHaveLength(50_000);
  });
});
