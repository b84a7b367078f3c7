import { ERASURES, type Fact, ownersCell, parseVid } from '@passport/model';
import { expect, test } from 'vitest';

import { hasErasure } from './erasures.ts';

const cell = ownersCell(parseVid('a'.repeat(26)));

/** Facts of blocks 5 and 6, packed as a record has them. */
function packed(five: readonly Fact[], six: readonly Fact[]): Parameters<typeof hasErasure>[0] {
  const facts = [...five, ...six];
  const cells = [...new Set(facts.map((fact) => fact.cell))];
  const keys = [...new Set(facts.map((fact) => fact.key))];
  return {
    cells,
    keys,
    factCells: facts.map((fact) => cells.indexOf(fact.cell)),
    factKeys: facts.map((fact) => keys.indexOf(fact.key)),
    factDeltas: facts.map(({ delta }) => delta),
    blocks: [
      { number: 5, facts: five.length },
      { number: 6, facts: six.length },
    ],
  } as unknown as Parameters<typeof hasErasure>[0];
}

test('an erasure is seen in its own block, and in no other', () => {
  const erasure = { cell, key: ERASURES, delta: 1 };
  const other = { cell, key: 'owner@x', delta: 1 };
  const alike = { cell: 'events\u001f2026', key: ERASURES, delta: 1 };
  expect(hasErasure(packed([other], [other, erasure]), 6)).toBe(true);
  expect(hasErasure(packed([other], [other, erasure]), 5)).toBe(false);
  expect(hasErasure(packed([alike], [other]), 5)).toBe(false);
  expect(hasErasure(packed([other], [other]), 6)).toBe(false);
});
