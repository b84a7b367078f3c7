import { expect, test } from 'vitest';

import type { Load } from './load.ts';
import { loadInTurns } from './load-in-turns.ts';

test('what is loaded in turns is told by the median of its turns, the warm-up left out', async () => {
  const order: string[] = [];
  const fake = (name: string, rates: readonly number[]) => {
    let call = 0;
    return (seconds: number): Promise<Load> => {
      const perSecond = rates[call] ?? 0;
      call += 1;
      order.push(`${name}${seconds}`);
      return Promise.resolve({ requests: 10, perSecond, p50Ms: perSecond * 2, p99Ms: -perSecond });
    };
  };
  const all = [fake('a', [1_000, 3, 1, 2]), fake('b', [1_000, 30, 10, 90])];
  const [a, b] = await loadInTurns(all, { warmSeconds: 5, turns: 3, turnSeconds: 1 });
  expect(order.join(' ')).toBe('a5 b5 a1 b1 a1 b1 a1 b1');
  expect(a).toEqual({ requests: 30, perSecond: 2, p50Ms: 4, p99Ms: -2 });
  expect(b).toEqual({ requests: 30, perSecond: 30, p50Ms: 60, p99Ms: -30 });
});
