import { describe, expect, test } from 'vitest';

import { reducedPrice, reductionOf } from './reduction.ts';
import { saleAfter, saleEvents, saleLife, saleStates } from './sale-life.ts';

describe('a sale', () => {
  test('is charged and delivered on one way only', () => {
    const into = (wanted: string) =>
      saleStates.flatMap((state) =>
        saleEvents
          .filter((event) => saleLife[state][event] === wanted)
          .map((event) => `${state}: ${event}`),
      );
    expect(into('delivered')).toEqual(['charged: deliver']);
    expect(into('charged')).toEqual(['answered: charge', 'charged: retry', 'delivered: retry']);
    expect(into('refused')).toEqual(['asked: fail', 'covered: fail', 'answered: fail']);
    expect(into('given')).toEqual(['answered: give']);
    expect(saleEvents.map((event) => saleLife.given[event])).toEqual(saleEvents.map(() => null));
    expect(into('credited')).toEqual(['charged: lose']);
  });

  test('goes no other way', () => {
    expect(() => saleAfter('asked', 'charge')).toThrow('charge of a sale that is asked');
    expect(saleAfter('asked', 'cover')).toBe('covered');
  });
});

describe('an answer that is less than was quoted', () => {
  const quoted = { block: 7, qualityPermille: 800 };

  test.each([
    ['as quoted', quoted, null],
    ['later and better', { block: 9, qualityPermille: 900 }, null],
    ['older', { block: 6, qualityPermille: 900 }, { permille: 500, reason: 'staler' }],
    ['worse', { block: 7, qualityPermille: 600 }, { permille: 250, reason: 'quality' }],
    ['of no quality', { block: 7, qualityPermille: null }, { permille: 1000, reason: 'quality' }],
  ] as const)('%s', (_, given, reduction) => {
    expect(reductionOf(quoted, given)).toEqual(reduction);
    expect(reductionOf(undefined, given)).toBeNull();
  });

  test('costs less, and never nothing', () => {
    expect(reducedPrice(2_001n, null)).toBe(2_001n);
    expect(reducedPrice(2_001n, { permille: 250, reason: 'quality' })).toBe(1_500n);
    expect(reducedPrice(2_001n, { permille: 1000, reason: 'quality' })).toBe(1n);
  });
});
