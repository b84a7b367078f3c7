import { amountOf } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { marketSummary, roleShares } from './market-summary.ts';

const micro = fc.bigInt(0n, 10n ** 20n);

test('roleShares, any sums: each role has its own, and parts are never more than a whole', () => {
  fc.assert(
    fc.property(
      fc.tuple(micro, micro, micro, micro, micro),
      ([owners, sources, members, operator, carried]) => {
        const zero = { receipts: 0, amount: '0' };
        const summary = marketSummary.parse({
          ...{ sold: zero, waiting: zero, products: [], owners: { paidIn: '0', unclaimed: '0' } },
          distributed: {
            distributions: 1,
            amount: amountOf(owners + sources + members + operator + carried),
            toOwners: amountOf(owners),
            toSources: amountOf(sources),
            toMembers: amountOf(members),
            toOperator: amountOf(operator),
            carried: amountOf(carried),
          },
        });
        const shares = roleShares(summary);
        expect(shares.map((share) => share.micro)).toEqual([owners, sources, members, operator]);
        expect(shares.reduce((sum, { permille }) => sum + permille, 0)).toBeLessThanOrEqual(1000);
        for (const { permille } of shares) expect(permille).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
