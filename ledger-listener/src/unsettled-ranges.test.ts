import { parseInstant, parseVid } from '@passport/model';
import { expect, test } from 'vitest';

import { type FoldedRange, UnsettledRanges } from './unsettled-ranges.ts';

const erasure = {
  ...{ vid: parseVid('a'.repeat(26)), block: 7, readerKeys: [] },
  at: parseInstant('2026-01-02T03:04:05.000Z'),
};

function rangeOf(block: number, appended: Promise<void> = Promise.resolve()): FoldedRange {
  const tip = { ledger: 'fabric:0', number: block, hash: 'h', roots: {} };
  return { appended, tip, ledgerTimeMs: block, blocks: 1, events: 1, erasures: [] };
}

test('ranges are many enough when they are as many as may be', () => {
  const ranges = new UnsettledRanges(2);
  ranges.add(rangeOf(1));
  expect(ranges.isFull).toBe(false);
  ranges.add(rangeOf(2));
  expect(ranges.isFull).toBe(true);
  ranges.clear();
  expect(ranges.isFull).toBe(false);
});

test('a range that erases waits for no other', () => {
  const ranges = new UnsettledRanges(9);
  ranges.add({ ...rangeOf(1), erasures: [erasure] });
  expect(ranges.isFull).toBe(true);
});

test('ranges are in the log when all of them are, in their order', async () => {
  const ranges = new UnsettledRanges(9);
  const first = Promise.withResolvers<void>();
  ranges.add(rangeOf(1, first.promise));
  ranges.add(rangeOf(2));
  let isIn = false;
  const known = ranges.inLog().then((all) => {
    isIn = true;
    return all;
  });
  await new Promise((done) => setImmediate(done));
  expect(isIn).toBe(false);
  first.resolve();
  expect((await known).map(({ tip }) => tip.number)).toEqual([1, 2]);
});

test('what the log throws is thrown where it is waited for, and nowhere else', async () => {
  const ranges = new UnsettledRanges(9);
  ranges.add(rangeOf(1, Promise.reject(new Error('the log is away'))));
  ranges.add(rangeOf(2));
  await new Promise((done) => setImmediate(done));
  await expect(ranges.inLog()).rejects.toThrow('the log is away');
  await expect(ranges.over()).resolves.toBeUndefined();
});
