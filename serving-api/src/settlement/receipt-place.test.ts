import {
  amountOf,
  isReceiptUnder,
  type JsonValue,
  type Receipt,
  receiptLeaf,
  receiptsTree,
  type Settlement,
  type SoldLine,
} from '@passport/model';
import { expect, test } from 'vitest';

import { placeOfReceipt } from './receipt-place.ts';

const [anna, bert] = ['anna', 'bert'] as unknown as [Receipt['buyer'], Receipt['buyer']];
const idOf = (name: string): Receipt['id'] => name as Receipt['id'];

/** As much of a receipt as tells it from others. */
function soldTo(buyer: Receipt['buyer'], id: string): SoldLine {
  const receipt = { id, buyer, price: '2000' } as unknown as Receipt;
  return { receipt, asked: '{}' };
}

const settled = [
  [soldTo(anna, 'first'), soldTo(bert, 'second')],
  [soldTo(bert, 'third'), soldTo(anna, 'fourth'), soldTo(anna, 'fifth')],
];

const settlements = settled.map((sold, place): Settlement => {
  const { root } = receiptsTree(sold.map(({ receipt }) => receiptLeaf(receipt as JsonValue)));
  return {
    number: place + 1,
    receipts: { root, count: sold.length, sum: amountOf(2_000n * BigInt(sold.length)) },
    tabs: sold.map(({ receipt: { buyer } }) => ({ buyer })),
  } as unknown as Settlement;
});

const earnings = {
  operator: 'MutualMSP',
  ledger: {
    settlementsFrom: (number: number) =>
      Promise.resolve(settlements.filter((one) => one.number >= number)),
  },
  files: { settlement: (number: number) => Promise.resolve(settled[number - 1]) },
} as unknown as Parameters<typeof placeOfReceipt>[1];

const waiting = { entry: { kind: 'sale', ...soldTo(anna, 'sixth'), buyer: anna } };
const desk = { journal: { unsettled: [waiting] } } as unknown as Parameters<
  typeof placeOfReceipt
>[0];

test.each([
  ['first', 1, 0],
  ['fourth', 2, 1],
  ['fifth', 2, 2],
])('the receipt %s is in settlement %i as leaf %i, under its root', async (id, number, leaf) => {
  const { receipt, settlement } = await placeOfReceipt(desk, earnings, anna, idOf(id));
  expect(settlement).toMatchObject({ operator: 'MutualMSP', number, leaf });
  const { root } = settlements[number - 1]?.receipts ?? { root: undefined };
  expect(settlement?.root.root).toBe(root);
  if (settlement === null || root === undefined) throw new Error('it was to be settled');
  expect(isReceiptUnder(root, receipt as JsonValue, settlement.proof)).toBe(true);
  const other = { ...receipt, price: amountOf(1n) } as JsonValue;
  expect(isReceiptUnder(root, other, settlement.proof)).toBe(false);
});

test('a receipt that is not settled is known, and nothing else of it', async () => {
  const { receipt, settlement } = await placeOfReceipt(desk, earnings, anna, idOf('sixth'));
  expect([receipt.id, settlement]).toEqual(['sixth', null]);
});

test.each([
  [anna, 'second'],
  [bert, 'first'],
  [bert, 'sixth'],
  [anna, 'none'],
])('to %s the receipt %s is unknown, whoever has it', async (buyer, id) => {
  await expect(placeOfReceipt(desk, earnings, buyer, idOf(id))).rejects.toMatchObject({
    code: 'RECEIPT_UNKNOWN',
  });
});
