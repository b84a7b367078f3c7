import { sign, verify, type KeyObject } from 'node:crypto';

import { DerError, encodeDer, readDerList, readDerOf, tag } from './der.ts';
import { MembershipError } from './membership-error.ts';

/** Order of the group of P-256 (FIPS 186-5, section 3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;
const HALF_ORDER_BYTES = Buffer.from(HALF_ORDER.toString(16), 'hex');
const SCALAR_BYTES = 32;

/** The two numbers of a signature, big endian and without leading zeros. */
type Numbers = { readonly r: Buffer; readonly s: Buffer };

/**
 * Signs with ECDSA over SHA-256; the DER signature's S is in the lower half of the order, which is
 * the only kind that Fabric takes. Source: Fabric, bccsp/sw/ecdsa.go.
 */
export function signLowS(privateKey: KeyObject, message: Uint8Array): Buffer {
  return toLowS(sign('sha256', message, privateKey));
}

/**
 * Checks a signature over SHA-256 of a P-256 key. Throws {@link MembershipError}
 * `invalid-signature` with Fabric's text where the signature is malformed, its S is in the upper
 * half, or it does not fit. Source: Fabric, msp/identities.go and bccsp/sw/ecdsa.go.
 */
export function verifyLowS(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): void {
  if (signature.length === 0) throw undetermined('Invalid signature. Cannot be empty.');
  const numbers = readNumbers(signature);
  if (!isLow(numbers.s)) {
    throw refused(
      `Invalid S. Must be smaller than half the order [${decimal(numbers.s)}][${HALF_ORDER}].`,
    );
  }
  if (numbers.r.length > SCALAR_BYTES) throw mismatch();
  // Fabric ignores bytes behind the two numbers, OpenSSL does not: it is given the plain encoding.
  if (!verify('sha256', message, publicKey, writeNumbers(numbers))) throw mismatch();
}

/** Whether a DER signature's S is in the lower half. Throws as {@link verifyLowS}. */
export function isLowS(signature: Uint8Array): boolean {
  return isLow(readNumbers(signature).s);
}

/** The same signature with S in the lower half. Throws as {@link verifyLowS}. */
export function toLowS(signature: Uint8Array): Buffer {
  const { r, s } = readNumbers(signature);
  if (isLow(s)) return writeNumbers({ r, s });
  return writeNumbers({ r, s: mirror(s) });
}

function mirror(s: Buffer): Buffer {
  const value = ORDER - BigInt(`0x${s.toString('hex')}`);
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

function isLow(s: Buffer): boolean {
  if (s.length !== SCALAR_BYTES) return s.length < SCALAR_BYTES;
  return s.compare(HALF_ORDER_BYTES) <= 0;
}

function readNumbers(signature: Uint8Array): Numbers {
  try {
    const bytes = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength);
    const [r, s] = readDerList(readDerOf(bytes, tag.sequence).content);
    if (r?.tag !== tag.integer || s?.tag !== tag.integer) throw new DerError('not two integers');
    return { r: positive(r.content, 'R'), s: positive(s.content, 'S') };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const reason = `failed unmashalling signature [asn1: structure error: ${error.message}]`;
    throw refused(`Failed unmashalling signature [${reason}]`);
  }
}

function positive(content: Buffer, name: string): Buffer {
  const [first, second] = content;
  if (first === undefined) throw new DerError('empty integer');
  if (first === 0 && second !== undefined && second < 0x80) {
    throw new DerError('integer not minimally-encoded');
  }
  if (first >= 0x80 || (first === 0 && second === undefined)) {
    throw refused(
      `Failed unmashalling signature [invalid signature, ${name} must be larger than zero]`,
    );
  }
  return first === 0 ? content.subarray(1) : content;
}

function writeNumbers({ r, s }: Numbers): Buffer {
  return encodeDer(tag.sequence, integer(r), integer(s));
}

function integer(value: Buffer): Buffer {
  const needsZero = (value[0] ?? 0) >= 0x80;
  return encodeDer(tag.integer, needsZero ? Buffer.from([0]) : Buffer.alloc(0), value);
}

function decimal(value: Buffer): string {
  return BigInt(`0x${value.toString('hex')}`).toString();
}

function refused(reason: string): MembershipError {
  return undetermined(`Failed verifing with opts [<nil>]: ${reason}`);
}

function undetermined(reason: string): MembershipError {
  return new MembershipError(
    'invalid-signature',
    `could not determine the validity of the signature: ${reason}`,
  );
}

function mismatch(): MembershipError {
  return new MembershipError('invalid-signature', 'The signature is invalid');
}
