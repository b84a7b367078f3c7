import {
  amountOf,
  type Credit,
  isReceiptUnder,
  type JsonValue,
  type Receipt,
  receiptLeaf,
  receiptsTree,
  type Settlement,
  type SoldLine,
} from '@passport/model';
import { expect, test } from 'vitest';

import { placeOfReceipt, type ReceiptParts } from './receipt-place.ts';

const [anna, bert] = ['anna', 'bert'] as unknown as [Receipt['buyer'], Receipt['buyer']];
const idOf = (name: string): Receipt['id'] => name as Receipt['id'];

/** As much of a receipt as tells it from others. */
function soldTo(buyer: Receipt['buyer'], id: string): SoldLine {
  const receipt = { id, buyer, price: '2000' } as unknown as Receipt;
  return { receipt, asked: '{}' };
}

function creditOf(receipt: string): Credit {
  return { receipt: idOf(receipt), amount: '2000' } as unknown as Credit;
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
  files: {
    settlement: (number: number) => Promise.resolve(settled[number - 1]),
    returned: (buyer: string, id: string) =>
      Promise.resolve(
        buyer === anna && id === 'eighth'
          ? { receipt: soldTo(anna, 'eighth').receipt, credit: creditOf('eighth') }
          : undefined,
      ),
  },
};

const waiting = { entry: { kind: 'sale', ...soldTo(anna, 'sixth'), buyer: anna } };
const back = { entry: { kind: 'sale', ...soldTo(anna, 'ninth'), buyer: anna } };
const credit = { entry: { kind: 'credit', buyer: anna, credit: creditOf('ninth') } };
const parts = {
  earnings,
  journal: { unsettled: [waiting, back, credit] },
  settler: { owed: [soldTo(anna, 'seventh')] },
} as unknown as ReceiptParts;

test.each([
  ['first', 1, 0],
  ['fourth', 2, 1],
  ['fifth', 2, 2],
])('the receipt %s is in settlement %i as leaf %i, under its root', async (id, number, leaf) => {
  const { receipt, settlement } = await placeOfReceipt(parts, anna, idOf(id));
  expect(settlement).toMatchObject({ operator: 'MutualMSP', number, leaf });
  const { root } = settlements[number - 1]?.receipts ?? { root: undefined };
  expect(settlement?.root.root).toBe(root);
  if (settlement === null || root === undefined) throw new Error('it was to be settled');
  expect(isReceiptUnder(root, receipt as JsonValue, settlement.proof)).toBe(true);
  const other = { ...receipt, price: amountOf(1n) } as JsonValue;
  expect(isReceiptUnder(root, other, settlement.proof)).toBe(false);
});

test.each([
  ['waits in the journal', 'sixth', null],
  ['could not be taken, and has left the journal', 'seventh', null],
  ['was given back, and has left the journal', 'eighth', creditOf('eighth')],
  ['was given back just now', 'ninth', creditOf('ninth')],
])('a receipt that %s is known', async (_, id, given) => {
  const found = await placeOfReceipt(parts, anna, idOf(id));
  expect(found).toMatchObject({ receipt: { id }, settlement: null });
  expect(found.credit).toEqual(given);
});

test.each([
  [anna, 'second'],
  [bert, 'first'],
  [bert, 'sixth'],
  [bert, 'seventh'],
  [bert, 'eighth'],
  [anna, 'none'],
])('to %s the receipt %s is unknown, whoever has it', async (buyer, id) => {
  await expect(placeOfReceipt(parts, buyer, idOf(id))).rejects.toMatchObject({
    code: 'RECEIPT_UNKNOWN',
  });
});
