import { createHash } from 'node:crypto';

import { mapHashToField } from '@noble/curves/abstract/modular.js';
import { p256, p256_hasher } from '@noble/curves/nist.js';

/**
 * The verifiable mode of RFC 9497 with P256-SHA256: contextString of its section 3.1, mode 0x01.
 */
const context = Buffer.concat([
  Buffer.from('OPRFV1-'),
  Uint8Array.of(0x01),
  Buffer.from('-P256-SHA256'),
]);

/** A point on P-256 other than the one at infinity, in affine coordinates. */
export type CurvePoint = { readonly x: bigint; readonly y: bigint };

/** Bytes of a point on the wire: compressed (SEC 1, section 2.3.3). */
export const ELEMENT_BYTES = 33;

/** Bytes of a scalar. */
const SCALAR_BYTES = 32;

/** Bytes of a proof: two scalars. */
export const PROOF_BYTES = 2 * SCALAR_BYTES;

/** Order of the group. */
export const ORDER = p256.Point.Fn.ORDER;

/** Random bytes of a source that nobody can foretell. */
export type RandomBytes = (size: number) => Uint8Array;

/** Bytes that a random scalar is reduced from, so that no scalar is likelier (RFC 9380, section 5). */
const SCALAR_SEED_BYTES = 48;

const groupDst = Buffer.concat([Buffer.from('HashToGroup-'), context]);
const scalarDst = Buffer.concat([Buffer.from('HashToScalar-'), context]);
const seedDst = Buffer.concat([Buffer.from('Seed-'), context]);

/** Weights of the elements in a proof (RFC 9497, section 2.2.1): a scalar for each. */
export function proofWeights(
  publicKey: Uint8Array,
  blinded: readonly Uint8Array[],
  evaluated: readonly Uint8Array[],
): bigint[] {
  const seed = createHash('sha256').update(encode(publicKey, seedDst)).digest();
  return blinded.map((element, index) => {
    const place = Buffer.alloc(2);
    place.writeUInt16BE(index);
    const transcript = [
      encode(seed),
      place,
      encode(element, evaluated[index] ?? new Uint8Array()),
      Buffer.from('Composite'),
    ];
    return hashToScalar(Buffer.concat(transcript));
  });
}

/** The challenge of a proof (RFC 9497, section 2.2.1) over key, composites and commitments. */
export function proofChallenge(...elements: readonly Uint8Array[]): bigint {
  return hashToScalar(Buffer.concat([encode(...elements), Buffer.from('Challenge')]));
}

/** A scalar other than zero that nobody can foretell. */
export function randomScalar(random: RandomBytes): bigint {
  return numberOf(mapHashToField(Uint8Array.from(random(SCALAR_SEED_BYTES)), ORDER));
}

/** The point of an input (RFC 9497, section 4.3, HashToGroup). */
export function hashToGroup(input: Uint8Array): CurvePoint {
  return p256_hasher.hashToCurve(input, { DST: groupDst }).toAffine();
}

/** What an input and its evaluated point come to: 32 bytes (RFC 9497, section 3.3.2, Finalize). */
export function outputOf(input: Uint8Array, element: Uint8Array): Uint8Array {
  const transcript = Buffer.concat([encode(input, element), Buffer.from('Finalize')]);
  return createHash('sha256').update(transcript).digest();
}

/** A point as it goes over the wire. */
export function elementOf({ x, y }: CurvePoint): Uint8Array {
  return Buffer.concat([Uint8Array.of((y & 1n) === 0n ? 2 : 3), bytesOf(x)]);
}

/** A number below 2^256 in 32 bytes, the most significant first. */
export function bytesOf(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex');
}

/** {@link bytesOf} the other way round. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`);
}

/** Each part with its length before it, in two bytes. */
function encode(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(part.length);
      return [length, part];
    }),
  );
}

function hashToScalar(message: Uint8Array): bigint {
  return p256_hasher.hashToScalar(message, { DST: scalarDst });
}
