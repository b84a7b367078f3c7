import { expect, test } from 'vitest';

import { chartValues, isByDay, shownAnswer } from './shown-answer.ts';

const at = { block: 7, ledgerTime: '2026-11-28T10:00:00.000Z' };
const words = { any: 'any', total: 'all together' };

test('shownAnswer, of a question: texts first, then numbers with their units', () => {
  const shown = shownAnswer({
    ...at,
    by: ['brand'],
    metrics: [{ name: 'trips', unit: 'trips' }],
    rows: [
      ['Ford', 12],
      ['*', null],
      ['Seat', '9007199254740993'],
    ],
  });
  expect(shown.columns).toEqual([
    { name: 'brand', unit: null, isNumber: false },
    { name: 'trips', unit: 'trips', isNumber: true },
  ]);
  expect(chartValues(shown, 'trips', words)).toEqual([
    { label: 'Ford', value: 12 },
    { label: 'Seat', value: 9007199254740992 },
  ]);
  expect(isByDay(shown)).toBe(false);
});

test('shownAnswer, of SQL: numbers are known by their type', () => {
  const shown = shownAnswer({
    ...at,
    columns: [
      { name: 'day', type: 'text', unit: null },
      { name: 'n', type: 'int64', unit: null },
    ],
    rows: [
      ['2026-01-01', 1],
      ['2026-01-02', 2],
    ],
  });
  expect(isByDay(shown)).toBe(true);
  expect(isByDay({ ...shown, rows: [...shown.rows, ['*', 3]] })).toBe(false);
});

test('chartValues, a single row of numbers only: it is all together', () => {
  const shown = shownAnswer({ ...at, by: [], metrics: [{ name: 'n', unit: 'x' }], rows: [[3]] });
  expect(chartValues(shown, 'n', words)).toEqual([{ label: 'all together', value: 3 }]);
});

test('shownAnswer, something else: it throws', () => {
  expect(() => shownAnswer({ block: 1 })).toThrow('Invalid input');
});
