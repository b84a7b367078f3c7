import { hash } from 'node:crypto';

import {
  type AcceptedVoucher,
  amountOf,
  type Digest,
  microOf,
  parseJson,
  PassportError,
  paymentPayload,
  phaseOf,
  instantOf,
  type Quote,
  quote as quoteSchema,
  QUOTE_TYPE,
  readX402,
  type Tab,
  voucherClaims,
  type VoucherClaims,
  whyNotSold,
  x402Headers,
} from '@passport/model';

import type { TabName } from './debit-journal.ts';
import type { MarketDesk } from './market-desk.ts';
import type { PaymentHeaders } from './paying-request.ts';
import { SESSION_SCHEME } from './session-keys.ts';

/** Who pays for a request, as they have proven. */
export type Payer = TabName & {
  /** What may be charged on the tab in all, micro-PCC. */
  readonly limitMicro: bigint;
  /** The voucher that came with the request; null where it rests on the one before. */
  readonly voucher: (AcceptedVoucher & { readonly claims: VoucherClaims }) | null;
  /** The price that was promised, where the request names it. */
  readonly quote: Quote | undefined;
  /** SHA-256 of its JWS. */
  readonly quoteId?: Digest | undefined;
  /** The purchase's name; undefined where the request has none. */
  readonly key: Digest | undefined;
};

const KEY = /^[A-Za-z0-9_-]{16,128}$/;
const SESSION = `${SESSION_SCHEME} `;

/** Whether a request comes with a payment: then the key that pays is who asks. */
export function isPaying(headers: PaymentHeaders): boolean {
  if (headers.get(x402Headers.signature) !== null) return true;
  return headers.get('Authorization')?.startsWith(SESSION) ?? false;
}

/** Who pays. Undefined where the request has no payment. Throws PassportError where it is a bad one. */
export function payerOf(desk: MarketDesk, headers: PaymentHeaders): Payer | undefined {
  const payment = headers.get(x402Headers.signature);
  if (payment !== null) return voucherPayer(desk, payment, keyOf(headers));
  const authorization = headers.get('Authorization');
  if (authorization === null || !authorization.startsWith(SESSION)) return undefined;
  const credential = authorization.slice(SESSION.length);
  const { buyer, tab, limit } = desk.sessions.read(credential, desk.now().getTime());
  const key = keyOf(headers);
  return { buyer, tab, limitMicro: microOf(limit), voucher: null, quote: undefined, key };
}

function voucherPayer(desk: MarketDesk, header: string, named: Digest | undefined): Payer {
  const { accepted, payload } = readX402(paymentPayload, header);
  const { network, payTo, extra } = accepted;
  if (network !== desk.place.ledger || payTo !== `org:${desk.operator}`) {
    throw new PassportError('VOUCHER_FOREIGN', 'the payment is for another network or operator');
  }
  const voucher = verifiedVoucher(desk, payload.voucher);
  const { iss: buyer, sub: tab } = voucher.claims;
  const quote =
    extra?.quote === undefined ? undefined : desk.seal.open(QUOTE_TYPE, quoteSchema, extra.quote);
  // Without a name of its own a purchase is called by its voucher: sent again it is the same.
  const key = named ?? sha256(payload.voucher);
  const quoteId = extra?.quote === undefined ? undefined : sha256(extra.quote);
  return { buyer, tab, limitMicro: microOf(voucher.amount), voucher, quote, quoteId, key };
}

/** A voucher whose signature is that of the key it names. Throws PassportError, as VoucherVerifier does. */
export function verifiedVoucher(
  { verifier, place, operator, now }: MarketDesk,
  text: string,
): AcceptedVoucher & { readonly claims: VoucherClaims } {
  // Whose tab it is the ledger says: the tab is found by the key that signed.
  const [, payload = ''] = text.split('.');
  const json = Buffer.from(payload, 'base64url').toString('utf8');
  const named = parseJson(voucherClaims, json, 'VOUCHER_MALFORMED');
  const tab = { buyer: named.iss, tab: named.sub, operator };
  const claims = verifier.verify(text, { place, tab, nowMs: now().getTime() });
  const { amount, seq, exp } = claims;
  return { voucher: text as AcceptedVoucher['voucher'], amount, seq, exp, claims };
}

/** The tab of a payer, if it is one that is sold on. Throws PassportError. */
export async function tabOf(desk: MarketDesk, { buyer, tab }: TabName): Promise<Tab> {
  const found = await desk.tabs.get(buyer, tab);
  if (found.operator !== desk.operator) {
    throw new PassportError('TAB_FOREIGN', `it is of ${found.operator}`);
  }
  const nowMs = desk.now().getTime();
  const phase = phaseOf(found, instantOf(nowMs + desk.marginMs));
  const why = whyNotSold[found.status === 'open' ? phase : found.status];
  if (why !== null) throw new PassportError(why, `nothing is sold on a tab that is ${phase}`);
  return found;
}

/** What is still free of what a payer may spend, and was charged before. Throws PassportError. */
export function requireCovered(
  desk: MarketDesk,
  payer: Payer,
  tab: Tab,
  priceMicro: bigint,
): bigint {
  const { charged, accepted } = desk.journal.of(payer, microOf(tab.settled));
  const resting = payer.voucher ?? accepted;
  if (resting === null) {
    throw new PassportError('SESSION_INVALID', 'the voucher behind it is not known here');
  }
  if (resting.exp * 1000 <= desk.now().getTime() + desk.marginMs) {
    throw new PassportError('VOUCHER_EXPIRED', 'it expires before it can be redeemed for certain');
  }
  const before = accepted ?? { seq: tab.sequence, amount: tab.settled };
  if (resting.seq < before.seq || microOf(resting.amount) < microOf(before.amount)) {
    throw new PassportError('VOUCHER_OUTDATED', `voucher ${before.seq} was accepted before`);
  }
  const owed = charged + priceMicro;
  const promised = microOf(resting.amount);
  const limit = payer.limitMicro < promised ? payer.limitMicro : promised;
  if (owed > limit) {
    throw new PassportError('VOUCHER_EXCEEDED', `${limit} may be charged in all, ${owed} would be`);
  }
  if (owed > microOf(tab.escrow)) {
    throw new PassportError('ESCROW_EXCEEDED', `the tab has ${tab.escrow}, ${owed} would be owed`);
  }
  return charged;
}

/** What is shown of a tab to who has proven to be its buyer. */
export function tabNote(desk: MarketDesk, name: TabName, tab: Tab): object {
  const { charged, accepted } = desk.journal.of(name, microOf(tab.settled));
  return { settled: tab.settled, charged: amountOf(charged), seq: accepted?.seq ?? tab.sequence };
}

function keyOf(headers: PaymentHeaders): Digest | undefined {
  const text = headers.get('Idempotency-Key');
  if (text === null) return undefined;
  if (KEY.test(text)) return sha256(text);
  throw new PassportError('IDEMPOTENCY_KEY_INVALID', 'it is 16 to 128 letters, digits, _ or -');
}

/** SHA-256 of a text in UTF-8, or of bytes. */
export function sha256(content: string | Uint8Array): Digest {
  return hash('sha256', content) as Digest;
}
