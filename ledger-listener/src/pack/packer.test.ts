import {
  type BlockPart,
  FactName,
  openRecord,
  parseDay,
  parseVid,
  type PartWriter,
  readBlocks,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import { Packer } from './packer.ts';

const PARTITIONS = 3;

function part(number: number, partition: number): BlockPart {
  const vid = parseVid(`${'abc'[partition]}`.repeat(25) + 'a');
  const row = {
    ...{ block: number, tx: 0, index: 0, vid, kind: 'trip' as const, at: parseDay('2026-01-01') },
    ...{ recordedAtMs: number, place: null, odometerKm: null, quality: null, detail: '{}' },
  };
  const facts = [{ cell: 'usage\u001fa', key: 'trips', delta: number * 10 + partition }];
  // Every third block has nothing for anybody: a tick.
  const isTick = number % 3 === 2;
  return {
    ...{ number, hash: number.toString(16).padStart(64, '0'), ledgerTimeMs: number * 1000 },
    rows: isTick ? [] : [row],
    facts: isTick ? [] : facts,
  };
}

/** Has a block written, as the fold does. */
function take(packer: Packer, number: number): void {
  for (const [partition, to] of packer.parts.entries()) write(part(number, partition), to);
  packer.endBlock(part(number, 0));
}

function write({ rows, facts }: BlockPart, to: PartWriter): void {
  for (const row of rows) to.line(row);
  for (const { cell, key, delta } of facts) to.fact(new FactName(cell), new FactName(key), delta);
}

function packed(first: number, last: number, recordBytesMax = 1e7): Packer {
  const packer = new Packer('fabric:0123', {
    partitions: PARTITIONS,
    epochBlocks: 8,
    recordBytesMax,
  });
  for (let number = first; number <= last; number += 1) take(packer, number);
  return packer;
}

const none = [-1, -1, -1];

describe('packing', () => {
  test('gives each partition its own part of every block, ticks too', () => {
    const records = packed(3, 7).takeRecords(none);
    expect(records.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    for (const { partition, value } of records) {
      const record = openRecord(value);
      const { ledger, partitions, epochBlocks, first, last, rows } = record;
      expect({ ledger, partitions, epochBlocks, first, last, rows }).toEqual({
        ...{ ledger: 'fabric:0123', partitions: 3, epochBlocks: 8, first: 3, last: 7, rows: 4 },
      });
      expect(record.partition).toBe(partition);
      const numbers = [3, 4, 5, 6, 7];
      expect(readBlocks(record)).toEqual(numbers.map((number) => part(number, partition)));
    }
  });

  test('writes the same bytes for the same blocks', () => {
    const [once, again] = [packed(3, 7).takeRecords(none), packed(3, 7).takeRecords(none)];
    expect(once.map(({ value }) => Buffer.from(value).toString('hex'))).toEqual(
      again.map(({ value }) => Buffer.from(value).toString('hex')),
    );
  });

  test('begins anew behind a range, and with it what a block had that never ended', () => {
    const packer = packed(3, 4);
    for (const [partition, to] of packer.parts.entries()) write(part(6, partition), to);
    const [range] = packer.takeRecords(none);
    const [expected] = packed(3, 4).takeRecords(none);
    expect(range).toEqual(expected);
    for (const number of [5, 6, 7]) take(packer, number);
    expect(packer.takeRecords(none)).toEqual(packed(5, 7).takeRecords(none));
    expect(packer.takeRecords(none)).toEqual([]);
  });

  test('leaves out what a partition has, and a partition that has all', () => {
    const records = packed(3, 7).takeRecords([4, 7, 2]);
    const ranges = records.map(({ partition, value }) => {
      const { first, last } = openRecord(value);
      return { partition, first, last };
    });
    expect(ranges).toEqual([
      { partition: 0, first: 5, last: 7 },
      { partition: 2, first: 3, last: 7 },
    ]);
  });

  test('splits what would be too long for the log, and halts at a block that is too long', () => {
    const whole = packed(3, 7).takeRecords(none);
    const longest = Math.max(...whole.map(({ value }) => value.length));
    const alone = [3, 4, 5, 6, 7].flatMap((number) => packed(number, number).takeRecords(none));
    const longestAlone = Math.max(...alone.map(({ value }) => value.length));
    for (const bytesMax of [longest - 1, longestAlone]) {
      const split = packed(3, 7, bytesMax).takeRecords([3, -1, -1]);
      expect(split.length).toBeGreaterThan(PARTITIONS);
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const own = split.filter((record) => record.partition === partition);
        expect(own.every(({ value }) => value.length <= bytesMax)).toBe(true);
        const blocks = own.flatMap(({ value }) => readBlocks(openRecord(value)));
        const numbers = partition === 0 ? [4, 5, 6, 7] : [3, 4, 5, 6, 7];
        expect(blocks).toEqual(numbers.map((number) => part(number, partition)));
      }
    }
    const tooLarge = { code: 'BLOCK_TOO_LARGE', block: 3 };
    expect(() => packed(3, 7, 100).takeRecords(none)).toThrow(expect.objectContaining(tooLarge));
  });
});
