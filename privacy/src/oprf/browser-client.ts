import { p256_oprf } from '@noble/curves/nist.js';
import { PassportError, type Vin } from '@passport/model';

import { oprfInputOf, oprfKeyIdOf, type VinTag, vinTagOf } from './tag.ts';

/** A VIN that is asked for, as `client.ts` has it. */
export type BlindedVin = {
  readonly vin: Vin;
  /** Secret: with it the evaluator could link. */
  readonly blind: Uint8Array;
  /** For the evaluator. */
  readonly blinded: Uint8Array;
};

/** Blinds a VIN (RFC 9497, section 3.3.2, Blind), by big integers: one takes a browser some milliseconds. */
export function blindVin(vin: Vin, random: (size: number) => Uint8Array): BlindedVin {
  const { blind, blinded } = p256_oprf.voprf.blind(oprfInputOf(vin), (size = 32) =>
    Uint8Array.from(random(size)),
  );
  return { vin, blind, blinded };
}

/**
 * Reads an answer: checks the proof by the public key that is known of the evaluator, then makes the tags (section
 * 3.3.2, Finalize). Throws PassportError `OPRF_PROOF_INVALID`.
 */
export function tagsOf(
  vins: readonly BlindedVin[],
  { evaluated, proof }: { readonly evaluated: readonly Uint8Array[]; readonly proof: Uint8Array },
  publicKey: Uint8Array,
): VinTag[] {
  if (evaluated.length !== vins.length) throw invalid();
  const items = vins.map(({ vin, blind, blinded }, index) => ({
    ...{ input: oprfInputOf(vin), blind, blinded },
    evaluated: evaluated[index] ?? new Uint8Array(),
  }));
  let outputs: readonly Uint8Array[];
  try {
    outputs = p256_oprf.voprf.finalizeBatch(items, publicKey, proof);
  } catch {
    // The library's message may hold what it was given, and that is nobody's to see.
    throw invalid();
  }
  const keyId = oprfKeyIdOf(publicKey);
  return outputs.map((output) => vinTagOf(keyId, output));
}

function invalid(): PassportError {
  return new PassportError('OPRF_PROOF_INVALID', 'the answer was not made with the known key');
}
