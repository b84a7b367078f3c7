import { expect, test } from 'vitest';

import { pcc, readPcc } from './pcc.ts';

test.each([
  ['2', 2_000_000n],
  ['0.002', 2_000n],
  ['0.000001', 1n],
  ['12.5', 12_500_000n],
])('%s PCC are read as micro-PCC, and shown again', (text, micro) => {
  expect(readPcc(text)).toBe(micro);
  expect(pcc(micro)).toBe(`${text} PCC`);
});

test.each(['', '-1', '1.', '.5', '0.0000001', '1e3', '1,5', 'PCC'])('%j is no amount', (text) => {
  expect(() => readPcc(text)).toThrow(/write PCC as/);
});
