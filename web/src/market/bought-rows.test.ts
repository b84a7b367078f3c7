import type { UsageAnswer } from '@passport/client/buyer';
import { expect, test } from 'vitest';

import { boughtRows } from './bought-rows.ts';

function receiptOf(id: string, at: string): UsageAnswer['receipts'][number] {
  return { id, at } as UsageAnswer['receipts'][number];
}

const first = receiptOf('a', '2026-11-28T10:00:00.000Z');
const second = receiptOf('b', '2026-11-28T10:00:01.000Z');

test('boughtRows, a receipt that is told as waiting and as settled: it comes once, settled', () => {
  const settled = [{ settlement: 7, settledAt: first.at, receipts: [first], quotes: [] }];
  const rows = boughtRows({ receipts: [first, second], settled, credits: [] });
  expect(rows).toEqual([
    { receipt: second, settlement: null, isCredited: false },
    { receipt: first, settlement: 7, isCredited: false },
  ]);
});

test('boughtRows, what was given back: it says so', () => {
  const credits = [{ receipt: second.id }];
  const [row] = boughtRows({ receipts: [second], settled: [], credits });
  expect(row?.isCredited).toBe(true);
});
