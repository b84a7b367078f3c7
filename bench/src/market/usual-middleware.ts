import { requireCovers, VoucherVerifier } from '@passport/ledger-client';
import {
  amountOf,
  instantOf,
  organisationAccount,
  type Receipt,
  receiptLeaf,
  type Tab,
  type VoucherClaims,
  X402_SCHEME,
} from '@passport/model';
import type { MarketDesk } from '@passport/serving-api';
import { paymentMiddleware, x402ResourceServer } from '@x402/hono';

import { ESCROW, operator, place, product, STEP } from './bench-desk.ts';

/** What an answer of the bench costs here: the usual middleware has one price for a route. */
const PRICE = 2_150n;

/**
 * The usual middleware (`@x402/hono`), with a facilitator in the process that checks a voucher as we do, and
 * writes the same line into the same journal before the answer leaves.
 */
export function usualMiddleware(desk: MarketDesk, route: string) {
  const network = place.ledger as `fabric:${string}`;
  const scheme = X402_SCHEME;
  const verifier = new VoucherVerifier();
  const charged = new Map<string, bigint>();
  const known = (voucher: string): VoucherClaims => {
    const [, payload = ''] = voucher.split('.');
    const named = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as VoucherClaims;
    const tab = { buyer: named.iss, tab: named.sub, operator };
    return verifier.verify(voucher, { place, tab, nowMs: Date.now() });
  };
  const server = new x402ResourceServer({
    verify: ({ payload }) => {
      const claims = known(String(payload['voucher']));
      const before = charged.get(claims.sub) ?? 0n;
      requireCovers(claims, { seq: 0, amount: before }, before + PRICE, {
        escrow: amountOf(ESCROW),
      });
      return Promise.resolve({ isValid: true, payer: claims.iss });
    },
    settle: async ({ payload }) => {
      const voucher = String(payload['voucher']);
      const claims = known(voucher);
      const total = (charged.get(claims.sub) ?? 0n) + PRICE;
      charged.set(claims.sub, total);
      const { seq, exp, amount, iss, sub } = claims;
      const receipt = receiptOf(desk, claims, total);
      await desk.journal.append({
        ...{
          kind: 'sale',
          buyer: iss,
          tab: sub,
          lease: 0,
          key: receipt.result,
          receipt,
          quote: null,
        },
        asked: '{}',
        accepted: { voucher: voucher as never, amount, seq, exp },
      });
      return { success: true, transaction: '', network, payer: iss, amount: String(PRICE) };
    },
    getSupported: () =>
      Promise.resolve({
        kinds: [{ x402Version: 2, scheme, network }],
        extensions: [],
        signers: {},
      }),
  }).register(network, {
    scheme,
    defaultAssetTransferMethod: 'default',
    paymentFlows: { default: { supported: ['authorization'], default: 'authorization' } },
    parsePrice: () => Promise.resolve({ amount: String(STEP), asset: 'PCC' }),
    enhancePaymentRequirements: (requirements) => Promise.resolve(requirements),
  });
  const price = { amount: String(STEP), asset: 'PCC' };
  const accepts = { scheme, network, payTo: organisationAccount(operator), price };
  return paymentMiddleware({ [`GET ${route}`]: { accepts, description: 'an answer' } }, server);
}

function receiptOf(
  desk: MarketDesk,
  claims: { readonly iss: Tab['buyer']; readonly sub: Tab['tab'] },
  total: bigint,
): Receipt {
  return {
    ...{ v: 1, id: desk.newReceipt(), operator, ledger: place.ledger, buyer: claims.iss },
    ...{ tab: claims.sub, product, productVersion: 1, tariffVersion: 0, splitVersion: 0 },
    ...{ kind: 'view', units: 3, block: 7, qualityPermille: null, reduction: null },
    request: receiptLeaf({ request: `GET ${total}` }),
    result: receiptLeaf({ total: total.toString() }),
    ...{ price: amountOf(PRICE), charged: amountOf(total), at: instantOf(Date.now()) },
  };
}
