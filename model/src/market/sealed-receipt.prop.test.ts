import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonicalJson } from '../wire/canonical-json.ts';
import { digestOfJson } from './digest.ts';
import { receipt as receiptSchema, type Receipt } from './receipt.ts';
import {
  isReceiptUnder,
  type ReceiptProof,
  receiptLeaf,
  receiptProofOf,
  receiptsTree,
} from './receipts-tree.ts';
import { readSealedReceipt, writeSealedReceipt } from './sealed-receipt.ts';

const JWS = 'eyJ0IjoxfQ.eyJyIjoyfQ.c2lnbmVk';

const receipts = fc.uniqueArray(
  fc.record({ at: fc.nat(), units: fc.nat(), price: fc.integer({ min: 1 }) }),
  { minLength: 2, maxLength: 9, selector: ({ at }) => at },
);

function receiptOf({ at, units, price }: { at: number; units: number; price: number }): Receipt {
  return receiptSchema.parse({
    ...{ v: 1, id: `receipt-${at}`, operator: 'MakerMSP', ledger: `fabric:${'0a'.repeat(16)}` },
    ...{ buyer: 'A'.repeat(43), tab: 'tab-0000', product: 'fleet-usage', kind: 'view' },
    ...{ request: digestOfJson(at), productVersion: 1, tariffVersion: 0, splitVersion: 0, units },
    ...{ result: digestOfJson(units), block: 7, qualityPermille: null, reduction: null },
    ...{ price: String(price), charged: String(price), at: '2026-11-29T08:00:00.000Z' },
  });
}

/** Texts of receipts under one root, and the root. */
function sealedOf(list: readonly Receipt[]) {
  const tree = receiptsTree(list.map(receiptLeaf));
  const textOf = (one: Receipt, leaf: number): string =>
    writeSealedReceipt(JWS, canonicalJson(one), receiptProofOf(tree, leaf));
  return { root: tree.root, texts: list.map(textOf) };
}

describe('a receipt that was signed with others', () => {
  test('is read as it was written, and is under their root', () => {
    fc.assert(
      fc.property(receipts, (all) => {
        const list = all.map(receiptOf);
        const { root, texts } = sealedOf(list);
        for (const [place, text] of texts.entries()) {
          const read = readSealedReceipt(text);
          expect(read).toMatchObject({ jws: JWS, beside: { receipt: list[place] } });
          const { receipt = {}, proof = [] } = read?.beside ?? {};
          expect(isReceiptUnder(root, receipt, proof)).toBe(true);
        }
      }),
    );
  });

  test('is unreadable, or not under the root, when any character beside the JWS is another one', () => {
    const { root, texts } = sealedOf([1, 2, 3].map((at) => receiptOf({ at, units: 3, price: 9 })));
    const [text = ''] = texts;
    const place = fc.integer({ min: JWS.length + 1, max: text.length - 1 });
    fc.assert(
      fc.property(place, fc.constantFrom(...Array.from('AZaz09-_~.lr=')), (at, character) => {
        fc.pre(text[at] !== character);
        const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
        const { receipt, proof }: { receipt?: Receipt; proof?: ReceiptProof } =
          readSealedReceipt(changed)?.beside ?? {};
        if (receipt === undefined || proof === undefined) return;
        expect(isReceiptUnder(root, receipt, proof)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('has one spelling', () => {
    const { texts } = sealedOf([1, 2].map((at) => receiptOf({ at, units: 3, price: 9 })));
    const [jws = '', claims = '', steps = ''] = texts[0]?.split('~') ?? [];
    const members = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as object;
    const turned = JSON.stringify(Object.fromEntries(Object.entries(members).reverse()));
    const other = Buffer.from(turned, 'utf8').toString('base64url');
    expect(readSealedReceipt([jws, claims, steps].join('~'))).toBeDefined();
    expect(readSealedReceipt([jws, other, steps].join('~'))).toBeUndefined();
    expect(readSealedReceipt([jws, `${claims}=`, steps].join('~'))).toBeUndefined();
    expect(readSealedReceipt([jws, claims, `x${steps.slice(1)}`].join('~'))).toBeUndefined();
  });

  test.each(['~', `${JWS}~`, `${JWS}~~`, `${JWS}~e30~`, `${JWS}~x~l${'0'.repeat(64)}`])(
    'is not %s',
    (text) => expect(readSealedReceipt(text)).toBeUndefined(),
  );
});

test('a receipt of its own is a JWS', () => {
  expect(readSealedReceipt(JWS)).toEqual({ jws: JWS, beside: undefined });
});
