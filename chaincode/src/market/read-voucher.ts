import {
  type KeyId,
  parseJson,
  PassportError,
  type Voucher,
  VOUCHER_TYPE,
  type VoucherClaims,
  voucherClaims,
} from '@passport/model';

import { type Verified, verifyJws } from '../signatures/verify-jws.ts';

/**
 * Reads a voucher and says whose key signed it. What it is for is not checked here. Throws
 * PassportError `VOUCHER_MALFORMED`, `VOUCHER_SIGNATURE_INVALID`.
 */
export async function readVoucher(
  voucher: Voucher,
): Promise<{ readonly claims: VoucherClaims; readonly signer: KeyId }> {
  const { payload, signer } = await verified(voucher);
  return { claims: parseJson(voucherClaims, payload, 'VOUCHER_MALFORMED'), signer };
}

async function verified(voucher: Voucher): Promise<Verified> {
  try {
    return await verifyJws(voucher, VOUCHER_TYPE);
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    const isSignature = error.code === 'COMMAND_SIGNATURE_INVALID';
    const code = isSignature ? 'VOUCHER_SIGNATURE_INVALID' : 'VOUCHER_MALFORMED';
    throw new PassportError(code, error.detail);
  }
}
