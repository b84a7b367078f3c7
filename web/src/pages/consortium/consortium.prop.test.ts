import type { Balance, Distribution, Settlement, Supply } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Flow } from '../../charts/sankey-layout.ts';
import { contentOf } from './block-content.ts';
import { holdingFlows } from './holdings.ts';
import { marketFlows, marketPlaces } from './market-flows.ts';

const sumAt = (flows: readonly Flow[], end: 'from' | 'to', name: string): bigint =>
  flows.filter((flow) => flow[end] === name).reduce((sum, { value }) => sum + value, 0n);

const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });

/** Books of a market: each distribution pays out what its settlements took, and what was carried. */
const books = fc
  .record({
    settlements: fc.array(fc.array(amount, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
    waiting: fc.nat({ max: 4 }),
    carriedBefore: fc.option(amount),
    parts: fc.array(fc.nat({ max: 9 }), { minLength: 4, maxLength: 4 }),
    skip: fc.nat({ max: 3 }),
  })
  .map(({ settlements, waiting, carriedBefore, parts, skip }) => {
    const all = settlements.map((products, index) => ({
      number: index + 1,
      products: products.map((value, place) => ({ product: `p${place}`, amount: String(value) })),
    }));
    const shared = Math.max(0, all.length - waiting);
    let carried = carriedBefore ?? 0n;
    const distributions: object[] = [];
    for (const { number, products } of all.slice(0, shared)) {
      const taken = products.reduce((sum, { amount: text }) => sum + BigInt(text), carried);
      const weight = parts.reduce((sum, part) => sum + part, 1);
      const [owners = 0n, source = 0n, member = 0n, operator = 0n] = parts.map(
        (part) => (taken * BigInt(part)) / BigInt(weight),
      );
      carried = taken - owners - source - member - operator;
      distributions.push({
        ...{ number, settlements: { first: number, last: number }, owners: String(owners) },
        legs: [
          { to: 'org:A', amount: String(source), as: 'source' },
          { to: 'org:B', amount: String(member), as: 'member' },
          { to: 'org:A', amount: String(operator), as: 'operator' },
        ],
        carried: carried === 0n ? null : { amount: String(carried) },
      });
    }
    const [first] = distributions;
    const asBefore = { carried: carriedBefore === null ? null : { amount: String(carriedBefore) } };
    const isCut = skip > 0 && skip < distributions.length;
    return {
      operator: 'A',
      distributions: (isCut ? distributions.slice(skip) : distributions) as Distribution[],
      before: (isCut
        ? distributions[skip - 1]
        : first === undefined
          ? undefined
          : { ...first, ...asBefore, settlements: { first: 0, last: 0 } }) as
        | Distribution
        | undefined,
      settlements: (isCut ? all.slice(skip) : all) as unknown as Settlement[],
    };
  });

test('money that comes into a market is the money that goes out, and all of it arrives', () => {
  fc.assert(
    fc.property(books, (some) => {
      const flows = marketFlows(some);
      const { market, source, member, operator } = marketPlaces;
      expect(sumAt(flows, 'to', market)).toBe(sumAt(flows, 'from', market));
      for (const place of [source, member, operator]) {
        expect(sumAt(flows, 'to', place)).toBe(sumAt(flows, 'from', place));
      }
      expect(flows.every(({ value }) => value > 0n)).toBe(true);
    }),
  );
});

test('where a token lies adds up to what was minted, or is not shown', () => {
  fc.assert(
    fc.property(
      fc.array(amount, { maxLength: 5 }),
      fc.bigInt({ min: -9n, max: 9n }),
      amount,
      (held, rest, burned) => {
        const total = held.reduce((sum, value) => sum + value, rest);
        const flows = holdingFlows(
          { supply: String(total), burned: String(burned) } as Supply,
          held.map(
            (value, place) => ({ account: `org:${place}`, total: String(value) }) as Balance,
          ),
        );
        if (rest < 0n) expect(flows).toEqual([]);
        else expect(sumAt(flows, 'from', 'minted')).toBe(total + burned);
      },
    ),
  );
});

test('a block carries its functions, the most frequent first, and what changed nothing', () => {
  const tx = (what: string, submitter: string, code = 'VALID') => ({
    ...{ txId: 'x', what, submitter, code },
  });
  expect(
    contentOf({
      ...{ number: 7n, hash: 'ab', previousHash: 'cd' },
      transactions: [
        tx('Tokens:pay', 'B'),
        tx('Passport:recordEvents', 'A'),
        tx('Passport:recordEvents', 'A', 'MVCC_READ_CONFLICT'),
        tx('channel configuration', ''),
      ],
    }),
  ).toEqual({
    ...{ number: 7n, hash: 'ab', transactions: 4, submitters: ['A', 'B'] },
    functions: [
      { name: 'Passport:recordEvents', count: 2 },
      { name: 'Tokens:pay', count: 1 },
      { name: 'channel configuration', count: 1 },
    ],
    invalid: [{ code: 'MVCC_READ_CONFLICT', count: 1 }],
  });
});
