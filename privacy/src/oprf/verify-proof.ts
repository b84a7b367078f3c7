import { p256 } from '@noble/curves/nist.js';

import { readElement } from './element.ts';
import { type Multiplicand, multiplicands, SecretScalar } from './secret-scalar.ts';
import {
  type CurvePoint,
  elementOf,
  numberOf,
  ORDER,
  PROOF_BYTES,
  proofChallenge,
  proofWeights,
} from './suite.ts';
import { weightedSum } from './weighted-sum.ts';

/** What was blinded and what came back for it: points, and as they went over the wire. */
export type EvaluatedElements = {
  readonly blinded: readonly Uint8Array[];
  readonly evaluated: readonly Uint8Array[];
  readonly evaluatedPoints: readonly Multiplicand[];
};

/**
 * Whether one key made all of them, the one that belongs to the public key (RFC 9497, section 2.2.2,
 * VerifyProof). Throws PassportError `OPRF_ELEMENT_INVALID`, and RangeError for a proof that nobody makes.
 */
export function isProven(
  { blinded, evaluated, evaluatedPoints }: EvaluatedElements,
  publicKey: Uint8Array,
  proof: Uint8Array,
): boolean {
  if (proof.length !== PROOF_BYTES) return false;
  const challenge = numberOf(proof.subarray(0, PROOF_BYTES / 2));
  const response = numberOf(proof.subarray(PROOF_BYTES / 2));
  if (challenge >= ORDER || response >= ORDER) return false;
  const weights = proofWeights(publicKey, blinded, evaluated);
  const [sumOfBlinded, sumOfEvaluated, key] = ready(
    weightedSum(multiplicands(blinded.map(readElement)), weights),
    weightedSum(evaluatedPoints, weights),
    readElement(publicKey),
  );
  // None of it is secret; these scalars are only the faster ones.
  const byResponse = new SecretScalar(response);
  const byChallenge = new SecretScalar(challenge);
  const expected = proofChallenge(
    publicKey,
    elementOf(sumOfBlinded),
    elementOf(sumOfEvaluated),
    elementOf(added(byResponse.point, byChallenge.multiply(key))),
    elementOf(added(byResponse.multiply(sumOfBlinded), byChallenge.multiply(sumOfEvaluated))),
  );
  return challenge === expected;
}

function ready(...points: readonly [CurvePoint, CurvePoint, CurvePoint]) {
  return multiplicands(points) as [Multiplicand, Multiplicand, Multiplicand];
}

function added(one: CurvePoint, other: CurvePoint): CurvePoint {
  return p256.Point.fromAffine(one).add(p256.Point.fromAffine(other)).toAffine();
}
