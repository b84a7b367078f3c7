import * as z from 'zod';

import { PassportError } from '../errors/passport-error.ts';
import { ledgerId, type LedgerId } from '../identifiers/ledger-id.ts';
import {
  commandId,
  type CommandId,
  keyId,
  type KeyId,
  mspId,
  type MspId,
} from '../identifiers/names.ts';
import { positiveAmount } from '../money/amount.ts';
import { codedText } from '../wire/parse.ts';

declare const voucherBrand: unique symbol;

/** What a buyer signs to pay: a compact JWS (RFC 7515) with ES256, the public key in its header. */
export type Voucher = string & { readonly [voucherBrand]: true };

/** `typ` of its header (RFC 7515, section 4.1.9). */
export const VOUCHER_TYPE = 'passport-voucher+jws';

/** The contract that vouchers are for. */
export const MARKET_CONTRACT = 'Market';

export const voucher = codedText<Voucher>(
  'VOUCHER_MALFORMED',
  /^[A-Za-z0-9_-]{1,1000}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{86}$/,
);

/** The claims of a voucher, by the names of RFC 7519 where it has one. */
export const voucherClaims = z.strictObject({
  /** The buyer: thumbprint of the key in the header, which has opened the tab. */
  iss: keyId,
  /** The operator of the tab, who may take the money. */
  aud: mspId,
  /** The tab: the nonce of the command that opened it. */
  sub: commandId,
  /** Seconds since 1970 from which it is void. */
  exp: z.int().positive(),
  ledger: ledgerId,
  channel: z.string().min(1).max(249),
  contract: z.string().min(1).max(100),
  /** What the buyer owes at most, of all that was ever bought on the tab; micro-PCC. */
  amount: positiveAmount,
  /** Counts the vouchers of the tab; a later one has a higher number. */
  seq: z.int().min(1),
});

/** {@link voucherClaims} */
export type VoucherClaims = z.output<typeof voucherClaims>;

/** The ledger that a voucher has to be for. */
export type VoucherLedger = { readonly ledger: LedgerId; readonly channel: string };

/** The tab that a voucher has to be for. */
export type VoucherTab = {
  readonly buyer: KeyId;
  readonly tab: CommandId;
  readonly operator: MspId;
};

/**
 * Refuses a voucher of another ledger, channel, contract, tab, operator or buyer than those. `signer` is whose
 * key has signed it. Throws PassportError `VOUCHER_FOREIGN`.
 */
export function requireVoucherOf(
  claims: VoucherClaims,
  signer: KeyId,
  { ledger, channel }: VoucherLedger,
  { buyer, tab, operator }: VoucherTab,
): void {
  const pairs: readonly (readonly [what: string, is: string, expected: string])[] = [
    ['signer', signer, buyer],
    ['iss', claims.iss, buyer],
    ['aud', claims.aud, operator],
    ['sub', claims.sub, tab],
    ['ledger', claims.ledger, ledger],
    ['channel', claims.channel, channel],
    ['contract', claims.contract, MARKET_CONTRACT],
  ];
  for (const [what, is, expected] of pairs) {
    if (is !== expected) {
      throw new PassportError('VOUCHER_FOREIGN', `its ${what} is ${is}, not ${expected}`);
    }
  }
}

/** Refuses a voucher that is void at a time in milliseconds. Throws PassportError `VOUCHER_EXPIRED`. */
export function requireVoucherInTime({ exp }: VoucherClaims, nowMs: number): void {
  if (exp * 1000 > nowMs) return;
  throw new PassportError('VOUCHER_EXPIRED', `it expired ${Math.ceil(nowMs / 1000 - exp)} s ago`);
}
