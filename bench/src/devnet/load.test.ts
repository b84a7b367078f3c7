import { expect, test } from 'vitest';

import { runLoad } from './load.ts';

test('a load makes each call once and keeps to its number in flight', async () => {
  let under = 0;
  let most = 0;
  const seen: number[] = [];
  const result = await runLoad(
    20,
    4,
    async (index) => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      seen.push(index);
      under -= 1;
    },
    () => 0,
  );
  expect(most).toBe(4);
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(result.latenciesMs).toHaveLength(20);
});

test('a load ends with the first failure', async () => {
  const failing = runLoad(
    5,
    2,
    () => Promise.reject(new Error('refused')),
    () => 0,
  );
  await expect(failing).rejects.toThrow('refused');
});
