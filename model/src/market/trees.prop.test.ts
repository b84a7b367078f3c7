import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { amountOf, microOf } from '../money/amount.ts';
import { digestOf, digestOfJson } from './digest.ts';
import {
  inLeafOrder,
  isShareUnder,
  ownerProofOf,
  ownersRootOf,
  type OwnerShare,
  ownersTree,
} from './owners-tree.ts';
import { isReceiptUnder, receiptLeaf, receiptProofOf, receiptsTree } from './receipts-tree.ts';

const receipts = fc.array(fc.record({ id: fc.nat(), amount: fc.nat().map(String) }), {
  minLength: 1,
  maxLength: 40,
});
const salt = fc.nat().map((it) => digestOfJson(it));
const shares: fc.Arbitrary<OwnerShare[]> = fc.uniqueArray(
  fc.record({
    holder: fc.stringMatching(/^[A-Za-z0-9_-]{1,43}$/),
    amount: fc.bigInt(1n, 10n ** 18n).map((it) => amountOf(it)),
    salt,
  }),
  { minLength: 1, maxLength: 40, selector: ({ holder }) => holder },
);

describe('the tree of receipts', () => {
  test('has the root of RFC 9162 (vectors of transparency-dev/merkle, testonly)', () => {
    // Roots over the eight inputs of that repository: of 0, 1, 2 and 8 leaves.
    const inputs = [
      ...['', '00', '10', '2021', '3031', '40414243', '5051525354555657'],
      '606162636465666768696a6b6c6d6e6f',
    ];
    const leaves = inputs.map((hex) =>
      digestOf(Buffer.concat([Buffer.of(0), Buffer.from(hex, 'hex')])),
    );
    const rootOf = (count: number) => receiptsTree(leaves.slice(0, count)).root;
    expect(rootOf(0)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOf(1)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(rootOf(2)).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(rootOf(8)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  test('proves each of its receipts, and no other one', () => {
    fc.assert(
      fc.property(receipts, fc.nat(), (list, at) => {
        const tree = receiptsTree(list.map(receiptLeaf));
        const leaf = at % list.length;
        const proof = receiptProofOf(tree, leaf);
        expect(isReceiptUnder(tree.root, list[leaf] ?? {}, proof)).toBe(true);
        expect(isReceiptUnder(tree.root, { ...list[leaf], id: -1 }, proof)).toBe(false);
        const [step, ...rest] = proof;
        if (step === undefined) return;
        const turned = { ...step, side: step.side === 'left' ? 'right' : 'left' } as const;
        const other = [turned, ...rest];
        const isSame = step.hash === receiptLeaf(list[leaf] ?? {});
        expect(isReceiptUnder(tree.root, list[leaf] ?? {}, other)).toBe(isSame);
        expect(isReceiptUnder(tree.root, list[leaf] ?? {}, rest)).toBe(false);
      }),
    );
  });

  test('has no proof of a leaf that there is not', () => {
    const tree = receiptsTree([receiptLeaf({})]);
    for (const leaf of [-1, 1, 0.5]) expect(() => receiptProofOf(tree, leaf)).toThrow(RangeError);
  });
});

describe('the tree of owners', () => {
  test('has the sum of its leaves, and proves each of them', () => {
    fc.assert(
      fc.property(shares, (list) => {
        const ordered = inLeafOrder(list);
        const tree = ownersTree(ordered);
        const root = ownersRootOf(tree, ordered.length);
        const sum = list.reduce((total, { amount }) => total + microOf(amount), 0n);
        expect(root).toMatchObject({ sum: sum.toString(), count: list.length });
        for (const [leaf, share] of ordered.entries()) {
          const proof = ownerProofOf(tree, share, leaf);
          expect(isShareUnder(root, share.holder, proof)).toBe(true);
          expect(isShareUnder(root, `${share.holder}x`, proof)).toBe(false);
          const more = { ...proof, amount: amountOf(microOf(share.amount) + 1n) };
          expect(isShareUnder(root, share.holder, more)).toBe(false);
        }
      }),
    );
  });

  test('has the root that docs/fabric-batch-settlement.md says (made with Python’s hashlib)', () => {
    const of = (holder: string, amount: bigint, byte: string): OwnerShare => ({
      ...{ holder, amount: amountOf(amount), salt: byte.repeat(32) as OwnerShare['salt'] },
    });
    const ordered = inLeafOrder([of('alpha', 3n, '00'), of('beta', 4n, '11')]);
    expect(ordered.map(({ holder }) => holder)).toEqual(['beta', 'alpha']);
    expect(ownersRootOf(ownersTree(ordered), 2)).toEqual({
      hash: 'fe79412ae6386c7938be2ecd4dfcd34facec17fab187b65c13b94062145126a3',
      ...{ sum: '7', count: 2 },
    });
  });

  test('does not let a share grow at the cost of its neighbours, whose sums are in the hashes', () => {
    fc.assert(
      fc.property(shares, fc.bigInt(1n, 10n ** 18n), (list, grow) => {
        fc.pre(list.length > 1);
        const tree = ownersTree(list);
        const root = ownersRootOf(tree, list.length);
        const [share] = list;
        if (share === undefined) return;
        const proof = ownerProofOf(tree, share, 0);
        const path = proof.path.map((step, at) => {
          const less = microOf(step.sum) - grow;
          return at === 0 && less >= 0n ? { ...step, sum: amountOf(less) } : step;
        });
        const more = { ...proof, path, amount: amountOf(microOf(proof.amount) + grow) };
        expect(isShareUnder(root, share.holder, more)).toBe(false);
      }),
    );
  });

  test('refuses sums that go beyond the root, however large', () => {
    const [own, other] = [amountOf(5n), amountOf(10n ** 30n - 1n)];
    const share = { holder: 'a', amount: own, salt: digestOfJson(1) };
    const root = ownersRootOf(ownersTree([share]), 1);
    const step = { side: 'left', hash: digestOfJson(2), sum: other } as const;
    const path = Array.from({ length: 40 }, () => step);
    expect(isShareUnder(root, 'a', { ...share, path })).toBe(false);
  });

  test('of nobody has the sum of nothing', () => {
    const tree = ownersTree([]);
    expect(ownersRootOf(tree, 0)).toEqual({ hash: digestOf(new Uint8Array()), sum: '0', count: 0 });
  });
});
