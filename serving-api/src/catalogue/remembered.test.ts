import { expect, test } from 'vitest';

import { remembered } from './remembered.ts';

test('an answer is remembered for its age, asked for once, and a failure is not kept', async () => {
  let [time, asked, isAway] = [0, 0, false];
  const ask = remembered(
    () => {
      asked += 1;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve(asked);
    },
    10,
    () => new Date(time),
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  time = 10;
  expect(await ask()).toBe(1);
  time = 11;
  isAway = true;
  await expect(ask()).rejects.toThrow('away');
  isAway = false;
  expect(await ask()).toBe(3);
});
