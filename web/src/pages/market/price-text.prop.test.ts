import { priceOf } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { priceParts } from './price-text.ts';

/** PCC as billionths: thousandths of a micro-PCC. */
function billionthsOf(text: string): bigint {
  const [whole = '0', parts = ''] = text.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(parts.padEnd(9, '0'));
}

test('priceParts, any tariff and number of units: base + units, rounded up, is the price', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 12n),
      fc.bigInt(0n, 10n ** 9n),
      fc.nat(5_000),
      fc.nat(100_000),
      (base, unit, permille, units) => {
        const rate = { base: String(base), unit: String(unit) };
        const shown = priceParts({ ...rate, permille });
        const billionths = billionthsOf(shown.base) + billionthsOf(shown.unit) * BigInt(units);
        const tariff = { view: rate } as unknown as Parameters<typeof priceOf>[0];
        expect((billionths + 999n) / 1000n).toBe(priceOf(tariff, 'view', units, permille));
        expect(shown.base).toMatch(/^\d+(\.\d{0,8}[1-9])?$/);
      },
    ),
  );
});
