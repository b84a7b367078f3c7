import {
  canonicalJson,
  digestOf,
  type PublicKey,
  type Receipt,
  receipt as receiptSchema,
  RECEIPT_TYPE,
  receiptLeaf,
  receiptProofOf,
  RECEIPTS_TYPE,
  receiptsTree,
  writeSealedReceipt,
} from '@passport/model';
import { CompactSign } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';

import { generateBuyerKey, importBuyerKey } from './buyer-key.ts';
import { checkReceipt } from './receipt-check.ts';

const answer = new TextEncoder().encode('{"rows":[]}');
const receipts = [1, 2, 3].map((at) => receiptAt(at));
const tree = receiptsTree(receipts.map(receiptLeaf));
let [operator, stranger]: (Awaited<ReturnType<typeof importBuyerKey>> | undefined)[] = [];
beforeAll(async () => {
  operator = await importBuyerKey(await generateBuyerKey());
  stranger = await importBuyerKey(await generateBuyerKey());
});

function receiptAt(at: number, changes: object = {}): Receipt {
  return receiptSchema.parse({
    ...{ v: 1, id: `receipt-${at}`, operator: 'MakerMSP', ledger: `fabric:${'0a'.repeat(16)}` },
    ...{ buyer: 'A'.repeat(43), tab: 'tab-0000', product: 'fleet-usage', kind: 'view' },
    ...{ request: digestOf(answer), productVersion: 1, tariffVersion: 0, splitVersion: 0 },
    ...{ result: digestOf(answer), units: 3, block: 7, qualityPermille: null, reduction: null },
    ...{ price: '2030', charged: '2030', at: '2026-11-29T08:00:00.000Z', ...changes },
  });
}

function keyOf(who: typeof operator): NonNullable<typeof operator> {
  if (who === undefined) throw new Error('keys are made before');
  return who;
}

function signed(type: string, claims: object, by = operator): Promise<string> {
  const { publicKey, privateKey } = keyOf(by);
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: type, jwk: publicKey })
    .sign(privateKey);
}

const rooted = (by = operator): Promise<string> =>
  signed(RECEIPTS_TYPE, { v: 1, root: tree.root }, by);

/** The text of one of them; `changes` make it another receipt, or say another way. */
function under(jws: string, leaf: number, one = receipts[leaf], way = leaf): string {
  return writeSealedReceipt(jws, canonicalJson(one ?? {}), receiptProofOf(tree, way));
}

const check = (text: string): Promise<Receipt> => {
  const operatorKey: PublicKey = keyOf(operator).publicKey;
  return checkReceipt(text, { operatorKey, answer });
};

describe('a receipt', () => {
  test.each([0, 1, 2])('that was signed with others holds: leaf %i', async (leaf) => {
    expect(await check(under(await rooted(), leaf))).toEqual(receipts[leaf]);
  });

  test('that was signed alone holds', async () => {
    expect(await check(await signed(RECEIPT_TYPE, receiptAt(4)))).toEqual(receiptAt(4));
  });

  test.each<[string, () => Promise<string>]>([
    [
      'says another price than was signed',
      async () => under(await rooted(), 0, receiptAt(1, { price: '1' })),
    ],
    ['has the way of another one', async () => under(await rooted(), 0, receipts[0], 1)],
    ['was not among them', async () => under(await rooted(), 0, receiptAt(4))],
    ['is under a root by another key', async () => under(await rooted(stranger), 0)],
    [
      'is under a root that was signed as something else',
      async () => under(await signed(RECEIPT_TYPE, { v: 1, root: tree.root }), 0),
    ],
    [
      'is beside the receipt of another sale',
      async () => under(await signed(RECEIPT_TYPE, receiptAt(4)), 0),
    ],
    ['is only the root', () => rooted()],
    ['has something behind it', async () => `${under(await rooted(), 0)}~`],
    [
      'has no way to the root',
      async () => writeSealedReceipt(await rooted(), canonicalJson(receiptAt(1)), []),
    ],
    [
      'is for other bytes',
      async () => signed(RECEIPT_TYPE, receiptAt(4, { result: digestOf(new Uint8Array(1)) })),
    ],
  ])('that %s does not hold', async (_, text) => {
    await expect(check(await text())).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
  });
});
