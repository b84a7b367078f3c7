import {
  type BlockPart,
  bucketKey,
  cellName,
  encodeRecord,
  type Fact,
  isSumKey,
  type LogRow,
  openRecord,
  parseDay,
  parseVid,
  type RecordEnvelope,
  referenceKey,
  VIEW_DEFINITIONS,
  type Vid,
} from '@passport/model';
import fc from 'fast-check';

import type { PartitionState } from '../reader/speed-reader.ts';

export const EPOCH_BLOCKS = 4;
export const LEDGER = 'fabric:0123';

export const vids: readonly Vid[] = ['a', 'b', 'c'].map((letter) =>
  parseVid(`${letter.repeat(25)}a`),
);

const keys = ['trips', 'distanceM', bucketKey('tripM', 3), bucketKey('tripM', 9)];
const cells = [
  cellName('usage', ['2026-01-01', 'A', '', 'x', 'r', 'k', 'd']),
  cellName('usage', ['2026-01-02', 'A', 'm', 'x', 'r', 'k', 'd']),
  cellName('events', ['2026-01-01', 'A', 'm', 'x', 'r', 'k', 'trip', 'd']),
  cellName('activity', ['1h', '2026-01-01T00:00:00.000Z', 'trip', 'k']),
];

/** What one block has for a partition, without its number. */
const fact: fc.Arbitrary<Fact> = fc.record({
  cell: fc.constantFrom(...cells),
  key: fc.constantFrom(...keys, referenceKey('vehicle', vids[0] ?? ''), 'contributor@M/a#b@c'),
  delta: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(2 ** 40, -(2 ** 40))),
});
export const randomBlock = fc.record({
  facts: fc.uniqueArray(fact, { maxLength: 5, selector: ({ cell, key }) => `${cell} ${key}` }),
  lines: fc.array(fc.constantFrom(...vids), { maxLength: 2 }),
});
type RandomBlock = typeof randomBlock extends fc.Arbitrary<infer Value> ? Value : never;

/** Blocks in a row from number 0 on. */
export function partsOf(blocks: readonly RandomBlock[]): BlockPart[] {
  return blocks.map(({ facts, lines }, number) => ({
    number,
    hash: number.toString(16).padStart(64, 'a'),
    ledgerTimeMs: 1_000 + number,
    rows: lines.map((vid, index) => rowOf(vid, number, index)),
    facts,
  }));
}

/** Blocks that all have something, for tests that are not random. */
export function plainParts(count: number): BlockPart[] {
  return partsOf(
    Array.from({ length: count }, (_, number) => ({
      facts: cells.slice(0, 2).flatMap((cell) => [
        { cell, key: 'trips', delta: number + 1 },
        { cell, key: bucketKey('tripM', number % 3), delta: 1 },
      ]),
      lines: [vids[number % 3] ?? vidMissing()],
    })),
  );
}

function vidMissing(): never {
  throw new Error('no vid');
}

function rowOf(vid: Vid, block: number, index: number): LogRow {
  return {
    ...{ block, tx: 0, index, vid, kind: 'trip', at: parseDay('2026-01-01'), place: null },
    ...{ recordedAtMs: block, odometerKm: null, quality: null, detail: `{"block":${block}}` },
  };
}

/** A record of blocks of one partition. */
export function packed(
  blocks: readonly BlockPart[],
  more: {
    readonly partition?: number;
    readonly partitions?: number;
    readonly ledger?: string;
  } = {},
): Buffer {
  return encodeRecord({
    ledger: LEDGER,
    partition: 0,
    partitions: 1,
    epochBlocks: EPOCH_BLOCKS,
    definitions: VIEW_DEFINITIONS,
    ...more,
    blocks,
  });
}

/** The record of blocks `first` to `last`, opened. */
export function envelope(parts: readonly BlockPart[], first: number, last: number): RecordEnvelope {
  return openRecord(packed(parts.slice(first, last + 1)));
}

/** Cuts blocks into records that do not cross epochs; cuts are after these blocks. */
export function cut(parts: readonly BlockPart[], after: (block: number) => boolean): BlockPart[][] {
  const records: BlockPart[][] = [];
  let open: BlockPart[] = [];
  for (const part of parts) {
    open.push(part);
    if (!after(part.number) && (part.number + 1) % EPOCH_BLOCKS !== 0) continue;
    records.push(open);
    open = [];
  }
  if (open.length > 0) records.push(open);
  return records;
}

/** Sums by cell and key; nothing that is 0. */
export type Sums = Readonly<Record<string, number>>;

/** The naive sum over all facts of blocks. */
export function naiveSums(blocks: readonly BlockPart[]): Sums {
  return summed(blocks.flatMap(({ facts }) => facts));
}

/** What a state says, as a reader has to put it together. */
export function sumsOf({ position, cells: sums, deltas }: PartitionState, from: number): Sums {
  const facts: Fact[] = sums.map(({ cell, key, sum }) => ({ cell, key, delta: sum }));
  for (let number = Math.max(from, position.since); number <= position.block; number += 1) {
    facts.push(...sparseOf(deltas, number));
  }
  return summed(facts);
}

function sparseOf(deltas: PartitionState['deltas'], number: number): Fact[] {
  for (const { facts: range } of deltas) {
    let start = 0;
    for (const block of range.blocks) {
      const end = start + block.facts;
      if (block.number === number) {
        return range.factCells.slice(start, end).flatMap((cell, index) => {
          const key = range.keys[range.factKeys[start + index] ?? -1] ?? '';
          const delta = range.factDeltas[start + index] ?? 0;
          return isSumKey(key) ? [] : [{ cell: range.cells[cell] ?? '', key, delta }];
        });
      }
      start = end;
    }
  }
  throw new Error(`block ${number} is not in the deltas`);
}

function summed(facts: readonly Fact[]): Sums {
  const sums: Record<string, number> = {};
  for (const { cell, key, delta } of facts) {
    const name = `${cell} ${key}`;
    sums[name] = (sums[name] ?? 0) + delta;
    if (sums[name] === 0) delete sums[name];
  }
  return sums;
}
