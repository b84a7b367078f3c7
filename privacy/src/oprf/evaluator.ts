import { ECDH } from 'node:crypto';

import { mapHashToField } from '@noble/curves/abstract/modular.js';
import { p256 } from '@noble/curves/nist.js';
import { PassportError } from '@passport/model';

import { pointOf, SecretScalar } from './secret-scalar.ts';
import {
  bytesOf,
  type CurvePoint,
  ELEMENT_BYTES,
  elementOf,
  numberOf,
  ORDER,
  proofChallenge,
  proofWeights,
} from './suite.ts';
import { type OprfKeyId, oprfKeyIdOf } from './tag.ts';

/** Random bytes of a source that nobody can foretell. */
export type RandomBytes = (size: number) => Uint8Array;

/** What an evaluator answers: an element for each that was blinded, and one proof for all. */
export type Evaluation = {
  readonly evaluated: readonly Uint8Array[];
  readonly proof: Uint8Array;
};

/** Bytes that a random scalar is reduced from, so that no scalar is likelier (RFC 9380, section 5). */
const SCALAR_SEED_BYTES = 48;

/**
 * Who holds the key of the OPRF (RFC 9497, mode VOPRF, P256-SHA256). It sees blinded elements, which tell
 * nothing of what was blinded, and proves that it used the key that everybody knows.
 */
export class OprfEvaluator {
  readonly keyId: OprfKeyId;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly #key: SecretScalar;
  readonly #random: RandomBytes;

  /** `secretKey`: a scalar of 32 bytes. Throws RangeError where it is none. */
  constructor(secretKey: Uint8Array, random: RandomBytes) {
    this.#key = new SecretScalar(numberOf(secretKey));
    this.#random = random;
    this.publicKey = elementOf(this.#key.point);
    this.keyId = oprfKeyIdOf(this.publicKey);
  }

  /**
   * Evaluates blinded elements (section 3.3.2, BlindEvaluate). Throws PassportError
   * `OPRF_ELEMENT_INVALID`.
   */
  evaluate(blinded: readonly Uint8Array[]): Evaluation {
    const points = blinded.map(readElement);
    const evaluated = points.map((point) => elementOf(this.#key.multiply(point)));
    return { evaluated, proof: this.#prove(blinded, points, evaluated) };
  }

  /** That the same key made all of them (section 2.2.1, GenerateProof). */
  #prove(
    blinded: readonly Uint8Array[],
    points: readonly CurvePoint[],
    evaluated: readonly Uint8Array[],
  ): Uint8Array {
    const weights = proofWeights(this.publicKey, blinded, evaluated);
    const sum = weightedSum(points, weights);
    const nonce = new SecretScalar(
      numberOf(mapHashToField(this.#random(SCALAR_SEED_BYTES), ORDER)),
    );
    const challenge = proofChallenge(
      this.publicKey,
      elementOf(sum),
      elementOf(this.#key.multiply(sum)),
      elementOf(nonce.point),
      elementOf(nonce.multiply(sum)),
    );
    const response = p256.Point.Fn.create(nonce.value - challenge * this.#key.value);
    return Buffer.concat([bytesOf(challenge), bytesOf(response)]);
  }
}

function weightedSum(points: readonly CurvePoint[], weights: readonly bigint[]): CurvePoint {
  let sum = p256.Point.ZERO;
  for (const [index, point] of points.entries()) {
    const weighted = new SecretScalar(weights[index] ?? 0n).multiply(point);
    sum = sum.add(p256.Point.fromAffine(weighted));
  }
  return sum.toAffine();
}

function readElement(element: Uint8Array): CurvePoint {
  if (element.length === ELEMENT_BYTES) {
    try {
      const point = ECDH.convertKey(element, 'prime256v1', undefined, undefined, 'uncompressed');
      if (point instanceof Uint8Array && point.length === 65) return pointOf(point);
    } catch {
      // OpenSSL says only that it could not: it is not on the curve.
    }
  }
  throw new PassportError('OPRF_ELEMENT_INVALID', 'a blinded element is no point on P-256');
}
