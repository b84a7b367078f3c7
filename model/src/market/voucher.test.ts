import { describe, expect, test } from 'vitest';

import type { LedgerId } from '../identifiers/ledger-id.ts';
import { parseCommandId, parseKeyId, parseMspId } from '../identifiers/names.ts';
import { amountOf } from '../money/amount.ts';
import {
  MARKET_CONTRACT,
  requireVoucherInTime,
  requireVoucherOf,
  type VoucherClaims,
  voucherClaims,
} from './voucher.ts';

const buyer = parseKeyId('A'.repeat(43));
const other = parseKeyId('E'.repeat(43));
const ledger = `fabric:${'0'.repeat(32)}` as LedgerId;
const place = { ledger, channel: 'passport' };
const tab = { buyer, tab: parseCommandId('tab-00001'), operator: parseMspId('MarketMSP') };
const claims: VoucherClaims = {
  ...{ iss: buyer, aud: tab.operator, sub: tab.tab, exp: 1_000, ledger, channel: 'passport' },
  ...{ contract: MARKET_CONTRACT, amount: amountOf(5n), seq: 1 },
};

describe('a voucher', () => {
  test('is for one buyer, tab, operator, ledger, channel and contract', () => {
    expect(() => requireVoucherOf(claims, buyer, place, tab)).not.toThrow();
    const wrong: readonly Partial<VoucherClaims>[] = [
      { iss: other },
      { aud: parseMspId('RivalMSP') },
      { sub: parseCommandId('tab-00002') },
      { ledger: `fabric:${'1'.repeat(32)}` as LedgerId },
      { channel: 'other' },
      { contract: 'Tokens' },
    ];
    for (const change of wrong) {
      const [name = ''] = Object.keys(change);
      expect(() => requireVoucherOf({ ...claims, ...change }, buyer, place, tab)).toThrow(
        new RegExp(`^VOUCHER_FOREIGN: its ${name} `),
      );
    }
    expect(() => requireVoucherOf(claims, other, place, tab)).toThrow(
      /^VOUCHER_FOREIGN: its signer/,
    );
  });

  test('is void from the second that it names', () => {
    expect(() => requireVoucherInTime(claims, 999_999)).not.toThrow();
    expect(() => requireVoucherInTime(claims, 1_000_000)).toThrow(/^VOUCHER_EXPIRED: /);
  });

  test.each([
    ['an amount of nothing', { amount: '0' }],
    ['a number as amount', { amount: 5 }],
    ['no sequence', { seq: 0 }],
    ['a fraction of a second', { exp: 1.5 }],
    ['another ledger’s kind of name', { ledger: 'eip155:1' }],
    ['something more', { more: 1 }],
  ])('with %s is none', (_, changes) => {
    expect(voucherClaims.safeParse({ ...claims, ...changes }).success).toBe(false);
  });
});
