import {
  amountOf,
  commandId,
  defaultMarket,
  type Digest,
  digestOf,
  type DistributionFile,
  isShareUnder,
  type LedgerId,
  microOf,
  ownerProofOf,
  parse,
  parseMspId,
  productId,
  type Receipt,
  redistribute,
  UNASSIGNED,
} from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { earnedBySale, shareOut, type ToShare, treeOf } from './share-out.ts';
import type { WeighedAnswer, Weights } from './weigh.ts';

const operator = parseMspId('MakerMSP');
const members = ['GarageMSP', 'MakerMSP'].map((name) => parseMspId(name));
const ledger = `fabric:${'0a'.repeat(16)}` as LedgerId;
const splits = new Map([
  [0, defaultMarket.split],
  [1, { owners: 333, sources: 333, members: 1, operator: 333 }],
]);

const weights = (names: readonly string[]): fc.Arbitrary<Weights> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.bigInt({ min: 1n, max: 10n ** 12n })), {
      selector: ([name]) => name,
      maxLength: names.length,
    })
    .map((list) => list.sort(([a], [b]) => (a < b ? -1 : 1)));

const turn = fc.record({
  taken: fc.array(
    fc.record({ version: fc.constantFrom(0, 1), micro: fc.bigInt({ min: 1n, max: 9_999_999n }) }),
    { minLength: 1, maxLength: 4 },
  ),
  answers: fc.array(
    fc.record({
      prices: fc.array(fc.bigInt({ min: 1n, max: 99_999n }), { minLength: 1, maxLength: 3 }),
      sources: weights(['GarageMSP', 'InsurerMSP', 'MakerMSP']),
      owners: weights(['a', 'b', 'c', 'd']),
    }),
    { maxLength: 3 },
  ),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const saltOf = (holder: string): Digest => digestOf(Buffer.from(`salt of ${holder}`));

function answerOf({ prices, sources, owners }: Turn['answers'][number], at: number): WeighedAnswer {
  const sales = prices.map((price, index) => ({
    settlement: 1,
    receipt: {
      ...{ id: parse(commandId, `receipt-${at}-${index}`), price: amountOf(price) },
      at: '2026-11-28T12:00:00.000Z',
    } as Receipt,
  }));
  const product = parse(productId, 'fleet-usage');
  const request = digestOf(Buffer.from([at]));
  const about = { product, productVersion: 1, kind: 'view', block: 7, request } as const;
  const paid = prices.reduce((sum, price) => sum + price, 0n);
  return { answer: { ...about, asked: '{}', sales, paid }, sources, owners };
}

test('whatever is shared out: nothing is lost or made, totals only grow, and the same comes out again', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
      let before: DistributionFile['owners'] = [];
      let [carried, paidIn, number] = [0n, 0n, 0];
      for (const { taken, answers } of turns) {
        number += 1;
        const to: ToShare = {
          ...{ operator, ledger, number, splits, members, carried, before, saltOf },
          settlements: taken.map(({ version, micro }, at) => ({
            number: number * 10 + at,
            bySplit: [{ version, amount: amountOf(micro) }],
          })),
          answers: answers.map(answerOf),
          holderOf: (ref) => (ref === 'a' && number > 2 ? 'key of a' : ref),
        };
        const file = shareOut(to);
        expect(shareOut({ ...to, answers: to.answers.map((one) => ({ ...one })) })).toEqual(file);
        // What the contract makes of it.
        const byVersion = [0, 1].map((version) => ({
          split: splits.get(version) ?? defaultMarket.split,
          micro: taken
            .filter((one) => one.version === version)
            .reduce((sum, { micro }) => sum + micro, 0n),
        }));
        const shared = redistribute({
          ...{ taken: byVersion, carried, members, operator },
          sources: file.sources.map(({ mspId, weight }) => ({ mspId, weight: BigInt(weight) })),
        });
        paidIn += shared.owners;
        ({ carried } = shared);
        const { tree, root, leaves } = treeOf(file);
        expect(microOf(root.sum)).toBe(paidIn);
        expectOwners(file, before, { tree, root, leaves });
        expectSales(file);
        before = file.owners;
      }
    }),
    { numRuns: 200 },
  );
});

/** Totals grow by what was earned, and each leaf leads to the root. */
function expectOwners(
  { owners }: DistributionFile,
  before: DistributionFile['owners'],
  { tree, root, leaves }: ReturnType<typeof treeOf>,
): void {
  for (const { ref, total, earned, holder, salt } of owners) {
    const old = microOf(before.find((one) => one.ref === ref)?.total ?? amountOf(0n));
    if (ref === UNASSIGNED) continue;
    expect(microOf(total)).toBe(old + microOf(earned));
    const leaf = leaves.indexOf(holder);
    if (leaf === -1) {
      expect(total).toBe('0');
      continue;
    }
    const proof = ownerProofOf(tree, { holder, amount: total, salt }, leaf);
    expect(isShareUnder(root, holder, proof)).toBe(true);
    expect(isShareUnder(root, `${holder}2`, proof)).toBe(false);
  }
}

/** Sale by sale it is all that somebody has earned. */
function expectSales(file: DistributionFile): void {
  for (const { ref, earned, weight } of file.owners) {
    if (ref === UNASSIGNED) continue;
    const lines = earnedBySale(file, 'owners', ref, microOf(earned));
    const whole = weight === '0' ? 0n : microOf(earned);
    expect(lines.reduce((sum, { micro }) => sum + micro, 0n)).toBe(whole);
    expect(lines.reduce((sum, line) => sum + line.weight, 0n)).toBe(BigInt(weight));
  }
}
