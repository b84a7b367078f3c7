import { p256 } from '@noble/curves/nist.js';
import { PassportError, type Vin } from '@passport/model';

import { readElement } from './element.ts';
import type { Evaluation } from './evaluator.ts';
import { type Multiplicand, multiplicand, multiplicands, SecretScalar } from './secret-scalar.ts';
import {
  bytesOf,
  elementOf,
  hashToGroup,
  numberOf,
  outputOf,
  type RandomBytes,
  randomScalar,
} from './suite.ts';
import { oprfInputOf, oprfKeyIdOf, type VinTag, vinTagOf } from './tag.ts';
import { type EvaluatedElements, isProven } from './verify-proof.ts';

/** A VIN that is asked for: what goes to the evaluator, and what stays here to read its answer. */
export type BlindedVin = {
  readonly vin: Vin;
  /** Secret: with it the evaluator could link. */
  readonly blind: Uint8Array;
  /** For the evaluator. */
  readonly blinded: Uint8Array;
};

/** Blinds a VIN (RFC 9497, section 3.3.2, Blind). The same VIN looks different each time. */
export function blindVin(vin: Vin, random: RandomBytes): BlindedVin {
  return { vin, ...blindInput(oprfInputOf(vin), random) };
}

/** {@link blindVin} of any input. */
export function blindInput(
  input: Uint8Array,
  random: RandomBytes,
): Pick<BlindedVin, 'blind' | 'blinded'> {
  const blind = new SecretScalar(randomScalar(random));
  const blinded = elementOf(blind.multiply(multiplicand(hashToGroup(input))));
  return { blind: bytesOf(blind.value), blinded };
}

/**
 * Reads an answer: checks the proof by the public key that is known of the evaluator, then makes the
 * tags (section 3.3.2, Finalize). Throws PassportError `OPRF_PROOF_INVALID`: the evaluator used
 * another key, or somebody changed the answer.
 */
export function tagsOf(
  vins: readonly BlindedVin[],
  evaluation: Evaluation,
  publicKey: Uint8Array,
): VinTag[] {
  const items = vins.map(({ vin, blind, blinded }) => ({
    input: oprfInputOf(vin),
    blind,
    blinded,
  }));
  const keyId = oprfKeyIdOf(publicKey);
  return outputsOf(items, evaluation, publicKey).map((output) => vinTagOf(keyId, output));
}

/** {@link tagsOf} of any inputs: what the OPRF makes of them, 32 bytes each. */
export function outputsOf(
  items: readonly (Pick<BlindedVin, 'blind' | 'blinded'> & { readonly input: Uint8Array })[],
  { evaluated, proof }: Evaluation,
  publicKey: Uint8Array,
): Uint8Array[] {
  if (evaluated.length !== items.length) throw invalid();
  const blinded = items.map((item) => item.blinded);
  const points = provenPoints({ blinded, evaluated }, publicKey, proof);
  return items.map(({ input, blind }, index) => {
    const unblinding = new SecretScalar(p256.Point.Fn.inv(numberOf(blind)));
    return outputOf(input, elementOf(unblinding.multiply(at(points, index))));
  });
}

/** What came back, read, once it is proven. */
function provenPoints(
  elements: Omit<EvaluatedElements, 'evaluatedPoints'>,
  publicKey: Uint8Array,
  proof: Uint8Array,
): Multiplicand[] {
  try {
    const evaluatedPoints = multiplicands(elements.evaluated.map(readElement));
    if (isProven({ ...elements, evaluatedPoints }, publicKey, proof)) return evaluatedPoints;
  } catch {
    // Something in it is no point or no scalar. What exactly is nobody's to see.
  }
  throw invalid();
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing is at ${index}`);
  return found;
}

function invalid(): PassportError {
  return new PassportError('OPRF_PROOF_INVALID', 'the answer was not made with the known key');
}
