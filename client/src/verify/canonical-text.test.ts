import { expect, test } from 'vitest';

import { canonicalText } from './canonical-text.ts';

test.each<[unknown, string]>([
  [{ b: 1, a: [1, null, 'é'], '\uffff': 0, '😀': 0 }, '{"a":[1,null,"é"],"b":1,"😀":0,"\uffff":0}'],
  [{ a: undefined, b: { d: -0, c: 0.1 + 0.2 } }, '{"b":{"c":0.30000000000000004,"d":0}}'],
  [1e21, '1e+21'],
  [[undefined], '[null]'],
])('canonical text of %j is %s', (value, text) => {
  expect(canonicalText(value)).toBe(text);
});
