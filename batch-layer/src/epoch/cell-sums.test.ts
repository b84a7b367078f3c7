import { join } from 'node:path';

import {
  cellName,
  type FactsInColumns,
  referenceKey,
  spansOf,
  sumKey,
  type View,
  views,
} from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Engine } from '../duckdb/engine.ts';
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { EpochFacts } from './epoch-facts.ts';
import { RankedKeys } from './ranked-keys.ts';

let opened: TestEngine;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  opened = await openTestEngine('cells', 2);
  ({ engine, folder } = opened);
});
afterAll(() => opened.close());

const dimensions = views.usage.dimensions.map(({ name }) => name);
const cells = ['b', 'a'].map((value) =>
  cellName(
    'usage',
    dimensions.map(() => value),
  ),
);

/** Facts of the blocks 7 and 8, as a record has them. */
function packed(facts: readonly (readonly [cell: number, key: number, delta: number])[]) {
  const block = { hash: Buffer.alloc(32), ledgerTimeMs: 0, rows: 0 };
  return {
    blocks: [
      { ...block, number: 7, facts: 1 },
      { ...block, number: 8, facts: facts.length - 1 },
    ],
    cells: spansOf(cells),
    keys: spansOf([sumKey('trips'), referenceKey('vehicle', 'v@1')]),
    factCells: Int32Array.from(facts, ([cell]) => cell),
    factKeys: Int32Array.from(facts, ([, key]) => key),
    factDeltas: Float64Array.from(facts, ([, , delta]) => delta),
  } satisfies FactsInColumns;
}

test('sums are exact, sorted, counted once, and left out where they come to nothing', async () => {
  const facts = new EpochFacts(new RankedKeys());
  const most = 2 ** 52 - 1;
  facts.add(
    packed([
      [0, 0, most],
      [0, 0, most],
      [1, 1, 1],
      [1, 0, 5],
    ]),
    6,
  );
  // Of this one block 7 is known: it counts only what block 8 has.
  facts.add(
    packed([
      [1, 0, 99],
      [0, 0, most],
      [1, 0, -5],
      [1, 1, 2],
    ]),
    7,
  );
  const sums = facts.summedUp();
  const write = async (view: View) => {
    const path = join(folder, `${view.name}.parquet`);
    return sums.write(engine, view, path);
  };
  const [file, other] = [await write(views.usage), await write(views.mileage)];

  expect([file.rows, other.rows]).toEqual([2, 0]);
  const [first] = dimensions;
  expect(
    await engine.rows(`SELECT "${first}" AS d, measure, part, value FROM '${file.path}'`),
  ).toEqual([
    { d: 'a', measure: 'vehicle', part: 'v@1', value: '3' },
    { d: 'b', measure: 'trips', part: '', value: String(3n * BigInt(most)) },
  ]);
});

test('a fact that refers to nothing is not added', () => {
  const add = () => new EpochFacts(new RankedKeys()).add(packed([[2, 0, 1]]), 6);
  expect(add).toThrow(expect.objectContaining({ code: 'RECORD_UNREADABLE' }));
});
