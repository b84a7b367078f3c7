import { p256 } from '@noble/curves/nist.js';

import { readElement } from './element.ts';
import { type Multiplicand, multiplicand, multiplicands, SecretScalar } from './secret-scalar.ts';
import {
  bytesOf,
  elementOf,
  numberOf,
  proofChallenge,
  proofWeights,
  type RandomBytes,
  randomScalar,
} from './suite.ts';
import { type OprfKeyId, oprfKeyIdOf } from './tag.ts';
import { weightedSum } from './weighted-sum.ts';

/** What an evaluator answers: an element for each that was blinded, and one proof for all. */
export type Evaluation = {
  readonly evaluated: readonly Uint8Array[];
  readonly proof: Uint8Array;
};

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
    const points = multiplicands(blinded.map(readElement));
    const evaluated = points.map((point) => elementOf(this.#key.multiply(point)));
    return { evaluated, proof: this.#prove(blinded, points, evaluated) };
  }

  /** That the same key made all of them (section 2.2.1, GenerateProof). */
  #prove(
    blinded: readonly Uint8Array[],
    points: readonly Multiplicand[],
    evaluated: readonly Uint8Array[],
  ): Uint8Array {
    const weights = proofWeights(this.publicKey, blinded, evaluated);
    const sum = multiplicand(weightedSum(points, weights));
    const nonce = new SecretScalar(randomScalar(this.#random));
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
