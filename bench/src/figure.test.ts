import { expect, test } from 'vitest';

import { median, meetsTarget, quantile, targetText, toLine } from './figure.ts';

test('median of an odd number of values is the middle one', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('quantile 0.99 of a hundred values leaves one above', () => {
  expect(
    quantile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.99,
    ),
  ).toBe(99);
});

test('median of nothing is refused', () => {
  expect(() => median([])).toThrow('no measurements');
});

test('a target is met at its bound and missed beyond it', () => {
  const figure = { figure: 'latency', value: 30, unit: 'ms', target: { atMost: 30 } };
  expect(meetsTarget(figure)).toBe(true);
  expect(meetsTarget({ ...figure, value: 30.1 })).toBe(false);
  expect(meetsTarget({ ...figure, target: { atLeast: 31 } })).toBe(false);
});

test('a figure without a target is written as information', () => {
  expect(toLine({ figure: 'tx', value: 1, unit: 'B' })).toEqual({
    figure: 'tx',
    value: 1,
    unit: 'B',
    target: '-',
    ok: true,
  });
  expect(targetText({ atLeast: 200 })).toBe('>= 200');
});
