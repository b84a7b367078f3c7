import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

import {
  type KeyId,
  microOf,
  parse,
  parseJson,
  PassportError,
  publicKey,
  requireVoucherInTime,
  requireVoucherOf,
  type Tab,
  thumbprintInput,
  voucher as voucherSchema,
  VOUCHER_TYPE,
  type VoucherClaims,
  voucherClaims,
  type VoucherLedger,
} from '@passport/model';
import * as z from 'zod';

/** What a voucher has to be for, and what time it is. */
export type VoucherExpected = {
  readonly place: VoucherLedger;
  readonly tab: Pick<Tab, 'buyer' | 'tab' | 'operator'>;
  readonly nowMs: number;
};

const header = z.object({
  alg: z.literal('ES256'),
  typ: z.literal(VOUCHER_TYPE),
  jwk: publicKey,
  // Nothing is understood that has to be (RFC 7515, section 4.1.11).
  crit: z.undefined().optional(),
});

/**
 * Verifies vouchers as the contract does, before an operator answers. Each header, which is the same in
 * all vouchers of a tab, is read once: the key is kept for so many headers, the oldest goes first.
 */
export class VoucherVerifier {
  readonly #keys = new Map<string, { readonly key: KeyObject; readonly keyId: KeyId }>();
  readonly #keysMax: number;

  constructor(keysMax = 10_000) {
    this.#keysMax = keysMax;
  }

  /**
   * What a voucher promises, if it is signed by the buyer of the tab, for it, and in time. Throws
   * PassportError `VOUCHER_MALFORMED`, `VOUCHER_SIGNATURE_INVALID`, `VOUCHER_FOREIGN`, `VOUCHER_EXPIRED`.
   */
  verify(text: string, { place, tab, nowMs }: VoucherExpected): VoucherClaims {
    const parts = parse(voucherSchema, text).split('.');
    const [head = '', payload = '', signature = ''] = parts;
    const { key, keyId } = this.#keyOf(head);
    const claims = parseJson(voucherClaims, decoded(payload), 'VOUCHER_MALFORMED');
    requireVoucherOf(claims, keyId, place, tab);
    requireVoucherInTime(claims, nowMs);
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${payload}`, 'ascii'),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    if (isSigned) return claims;
    throw new PassportError('VOUCHER_SIGNATURE_INVALID', 'the signature does not verify');
  }

  #keyOf(head: string): { readonly key: KeyObject; readonly keyId: KeyId } {
    const known = this.#keys.get(head);
    if (known !== undefined) return known;
    const { jwk } = parseJson(header, decoded(head), 'VOUCHER_MALFORMED');
    const keyId = createHash('sha256').update(thumbprintInput(jwk)).digest('base64url') as KeyId;
    const read = { key: keyOnCurve(jwk), keyId };
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= this.#keysMax && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(head, read);
    return read;
  }
}

/**
 * Refuses a voucher that is not above what an operator has accepted of the tab before, or promises less
 * than is owed, or more than the tab has. A server keeps `accepted` with its journal. Throws
 * PassportError `VOUCHER_OUTDATED`, `VOUCHER_EXCEEDED`, `ESCROW_EXCEEDED`.
 */
export function requireCovers(
  { amount, seq }: VoucherClaims,
  accepted: { readonly seq: number; readonly amount: bigint },
  owedMicro: bigint,
  tab: Pick<Tab, 'escrow'>,
): void {
  const promised = microOf(amount);
  if (seq < accepted.seq || promised < accepted.amount) {
    throw new PassportError(
      'VOUCHER_OUTDATED',
      `voucher ${accepted.seq} was accepted, this is ${seq}`,
    );
  }
  if (promised < owedMicro) {
    throw new PassportError('VOUCHER_EXCEEDED', `it promises ${promised}, ${owedMicro} are owed`);
  }
  if (owedMicro > microOf(tab.escrow)) {
    throw new PassportError('ESCROW_EXCEEDED', `the tab has ${tab.escrow}, ${owedMicro} are owed`);
  }
}

function keyOnCurve(jwk: z.output<typeof publicKey>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new PassportError('VOUCHER_SIGNATURE_INVALID', 'its key is no point on P-256');
  }
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8');
}
