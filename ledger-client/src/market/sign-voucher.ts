import { MARKET_CONTRACT, type Voucher, VOUCHER_TYPE, type VoucherClaims } from '@passport/model';
import { CompactSign } from 'jose';

import type { PersonKey } from '../signing/person-key.ts';

/** A voucher to sign; signer and contract are filled in. */
export type VoucherToSign = Omit<VoucherClaims, 'iss' | 'contract' | 'exp'> & {
  readonly expiresAt: Date;
};

/**
 * Signs what a buyer promises to pay on a tab, in all, with the key that opened it: a compact JWS
 * (RFC 7515) with ES256 that carries the public key.
 */
export async function signVoucher(
  key: PersonKey,
  { expiresAt, ...rest }: VoucherToSign,
): Promise<Voucher> {
  const claims: VoucherClaims = {
    ...rest,
    iss: key.keyId,
    contract: MARKET_CONTRACT,
    exp: Math.floor(expiresAt.getTime() / 1000),
  };
  const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: VOUCHER_TYPE, jwk: key.publicKey })
    .sign(key.privateKey);
  return jws as Voucher;
}
