import { expect, test } from 'vitest';

import { checkDigits, codeIn } from './meeting-place.ts';

const code = 'abcdefghij-ABCDEFGH_12';

test('a code is found in a link, a fragment or a text, by its name and its length', () => {
  for (const text of [`https://pages.example/owner#new=${code}`, `#new=${code}`, ` new=${code} `]) {
    expect([codeIn(text, 'new'), codeIn(text, 'take')]).toEqual([code, undefined]);
  }
  for (const text of ['', `new=${code.slice(1)}`, `new=${code}x`, `new:${code}`]) {
    expect(codeIn(text, 'new')).toBeUndefined();
  }
});

test('digits are others for any other part, and for parts that are cut elsewhere', async () => {
  const digits = await checkDigits(['ab', 'c']);
  expect(digits).toMatch(/^(\d{4} ){5}\d{4}$/);
  await expect(checkDigits(['ab', 'c'])).resolves.toBe(digits);
  for (const other of [['ab', 'd'], ['a', 'bc'], ['ab'], ['c', 'ab']]) {
    await expect(checkDigits(other)).resolves.not.toBe(digits);
  }
});
