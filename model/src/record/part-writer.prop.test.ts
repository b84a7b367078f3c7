import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Fact } from '../facts/fact.ts';
import { FactName } from '../facts/fact-name.ts';
import type { LogRow } from '../fold/log-row.ts';
import type { BlockPart } from './packed-record.ts';
import { PartTexts, PartWriter } from './part-writer.ts';
import { encodeRecord } from './record-codec.ts';

/** A block as the fold comes upon it: facts one by one, some of which take back others. */
type Block = Omit<BlockPart, 'rows' | 'facts'> & {
  readonly rows: readonly LogRow[];
  readonly found: readonly Fact[];
};

const known = { ledger: 'l', partition: 1, partitions: 8, epochBlocks: 64, definitions: 1 };

const rows = fc.array(
  fc.record({
    ...{ block: fc.nat(), tx: fc.nat(), index: fc.nat(), vid: fc.constantFrom('a', 'b', 'c', 'ä') },
    ...{ kind: fc.constant('trip'), at: fc.constant('2026-01-02'), recordedAtMs: fc.nat() },
    ...{ place: fc.constant(null), odometerKm: fc.option(fc.nat()), quality: fc.constant(null) },
    detail: fc.string(),
  }),
  { maxLength: 6 },
) as unknown as fc.Arbitrary<LogRow[]>;

/** Few cells and keys and small numbers: so that many facts meet, and many come to nothing. */
const few = fc.array(
  fc.record({
    cell: fc.constantFrom('usage', 'mileage', 'events', ''),
    key: fc.constantFrom('trips', 'a#1', 'vehicle@b', ''),
    delta: fc.integer({ min: -2, max: 2 }),
  }),
  { maxLength: 30 },
);

/** So many cells and keys that tables grow, in a row or all over. */
const many = fc
  .record({ count: fc.nat(5_000), cells: fc.integer({ min: 1, max: 3_000 }), step: fc.nat(50) })
  .map(({ count, cells, step }) =>
    Array.from({ length: count }, (_, fact) => ({
      cell: `c${(fact * step) % cells}`,
      key: `k${fact % 777}`,
      delta: (fact % 5) - 2 + (fact % 11 === 0 ? 2 ** 40 : 0),
    })),
  );

const blocks = fc
  .array(
    fc.record({
      ledgerTimeMs: fc.nat(),
      rows,
      found: fc.oneof({ weight: 9, arbitrary: few }, { weight: 1, arbitrary: many }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((some) =>
    some.map((block, number): Block => ({
      ...block,
      number,
      hash: number.toString(16).padStart(64, '0'),
    })),
  );

const names = new Map<string, FactName>();
let asked = 0;

/** A name as folds have them: one that was there before, for whichever part, or another one of the same text. */
function nameOf(text: string): FactName {
  const known = names.get(text);
  asked += 1;
  if (known !== undefined && asked % 3 > 0) return known;
  const made = new FactName(text);
  names.set(text, made);
  return made;
}

/** What blocks come to by maps of maps. */
function partOf({ found, ...block }: Block): BlockPart {
  const sums = new Map<string, Map<string, number>>();
  for (const { cell, key, delta } of found) {
    const keys = sums.get(cell) ?? new Map<string, number>();
    sums.set(cell, keys.set(key, (keys.get(key) ?? 0) + delta));
  }
  const facts = [...sums].flatMap(([cell, keys]) =>
    [...keys].map(([key, delta]) => ({ cell, key, delta })),
  );
  return { ...block, facts: facts.filter(({ delta }) => delta !== 0) };
}

function write({ rows: lines, found }: Pick<Block, 'rows' | 'found'>, to: PartWriter): void {
  // By turns, as a fold has them.
  for (let turn = 0; turn < Math.max(lines.length, found.length); turn += 1) {
    const [fact, row] = [found[turn], lines[turn]];
    if (fact !== undefined) to.fact(nameOf(fact.cell), nameOf(fact.key), fact.delta);
    if (row !== undefined) to.line(row);
  }
}

describe('a part that is written as it comes', () => {
  test('is the same bytes as the record of its blocks, of all or of some in a row', () => {
    // One for all, as one writes all ranges: what was before is never in what comes.
    const texts = new PartTexts();
    const [writer, neighbour] = [new PartWriter(texts), new PartWriter(texts)];
    fc.assert(
      fc.property(blocks, fc.nat(), fc.nat(), fc.boolean(), (written, one, other, isCut) => {
        for (const each of [writer, neighbour, texts]) each.clear();
        for (const { rows: lines, found, ...head } of written) {
          // What it has named comes first, in another order.
          if (isCut) write({ rows: lines.toReversed(), found: found.toReversed() }, neighbour);
          write({ rows: lines, found }, writer);
          writer.endBlock(head);
        }
        const [last] = written.slice(-1);
        if (isCut && last !== undefined) write(last, writer);
        const parts = written.map(partOf);
        const { length } = written;
        const first = one % length;
        const end = first + 1 + (other % (length - first));
        for (const [from, to] of [
          [0, length],
          [first, end],
        ] as const) {
          const bytes = writer.encode(known, from, to);
          expect(bytes.equals(encodeRecord({ ...known, blocks: parts.slice(from, to) }))).toBe(
            true,
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  test('with a fact too large to come back as it was is not written, and others are', () => {
    const writer = new PartWriter(new PartTexts());
    const head = { number: 1, hash: '00'.repeat(32), ledgerTimeMs: 0 };
    for (const delta of [2 ** 52 - 1, -1, 2]) writer.fact(nameOf('c'), nameOf('k'), delta);
    writer.endBlock(head);
    for (const delta of [2 ** 52 - 1, 1]) writer.fact(nameOf('c'), nameOf('k'), delta);
    writer.endBlock({ ...head, number: 2 });
    expect(() => writer.encode(known, 0, 2)).toThrow(RangeError);
    expect(() => writer.encode(known, 1, 2)).toThrow(RangeError);
    writer.clear();
    writer.fact(nameOf('c'), nameOf('k'), 2 ** 52 - 1);
    writer.endBlock(head);
    expect(writer.encode(known, 0, 1).length).toBeGreaterThan(0);
  });
});
