import { randomBytes } from 'node:crypto';

import { p256, p256_oprf } from '@noble/curves/nist.js';
import { normaliseVin } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { blindInput, blindVin, outputsOf, tagsOf } from './client.ts';
import { OprfEvaluator } from './evaluator.ts';
import { keyIdOfTag, oprfKeyIdOf } from './tag.ts';
import { keyVector, oprfVectors } from './testing/rfc9497-vectors.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const { voprf } = p256_oprf;

/** Bytes that become this scalar: the library takes them modulo the order - 1, plus 1. */
function seedOfScalar(scalar: string): Buffer {
  const less = BigInt(`0x${scalar}`) - 1n;
  return hex(less.toString(16).padStart(96, '0'));
}

function newEvaluator(): OprfEvaluator {
  return new OprfEvaluator(p256.utils.randomSecretKey(), randomBytes);
}

const vins = ['WVWZZZ1JZXW000001', 'WVWZZZ1JZXW000002', 'WP0ZZZ99ZTS392124'].map(normaliseVin);

describe('the vectors of RFC 9497, appendix A.3.2', () => {
  test('the key is derived from its seed', () => {
    const keys = voprf.deriveKeyPair(hex(keyVector.seed), hex(keyVector.keyInfo));
    expect(Buffer.from(keys.secretKey).toString('hex')).toBe(keyVector.secretKey);
    const evaluator = new OprfEvaluator(keys.secretKey, randomBytes);
    expect(Buffer.from(evaluator.publicKey).toString('hex')).toBe(keyVector.publicKey);
  });

  test.each(oprfVectors)('the evaluator answers $evaluated and its proof', (vector) => {
    const evaluator = new OprfEvaluator(hex(keyVector.secretKey), () =>
      seedOfScalar(vector.proofRandomScalar),
    );
    const { evaluated, proof } = evaluator.evaluate(vector.blinded.map(hex));
    expect(evaluated.map((each) => Buffer.from(each).toString('hex'))).toEqual(vector.evaluated);
    expect(Buffer.from(proof).toString('hex')).toBe(vector.proof);
  });

  test.each(oprfVectors)('the client blinds $inputs and reads $outputs', (vector) => {
    const items = vector.inputs.map((input, index) => {
      const scalar = vector.blinds[index] ?? '';
      const item = blindInput(hex(input), () => seedOfScalar(scalar));
      expect(Buffer.from(item.blind).toString('hex')).toBe(scalar);
      expect(Buffer.from(item.blinded).toString('hex')).toBe(vector.blinded[index]);
      return { input: hex(input), ...item };
    });
    const answer = { evaluated: vector.evaluated.map(hex), proof: hex(vector.proof) };
    const outputs = outputsOf(items, answer, hex(keyVector.publicKey));
    expect(outputs.map((each) => Buffer.from(each).toString('hex'))).toEqual(vector.outputs);
  });
});

describe('a tag', () => {
  test('is the same whenever a VIN is asked for, alone or with others', () => {
    const evaluator = newEvaluator();
    const ask = (some: typeof vins) => {
      const blinded = some.map((vin) => blindVin(vin, randomBytes));
      const answer = evaluator.evaluate(blinded.map((each) => each.blinded));
      return tagsOf(blinded, answer, evaluator.publicKey);
    };
    const tags = ask(vins);
    expect(new Set(tags).size).toBe(vins.length);
    for (const [index, vin] of vins.entries()) expect(ask([vin])).toEqual([tags[index]]);
    for (const tag of tags) expect(keyIdOfTag(tag)).toBe(evaluator.keyId);
  });

  test('is another with another key', () => {
    const tags = [newEvaluator(), newEvaluator()].flatMap((evaluator) => {
      const blinded = vins.map((vin) => blindVin(vin, randomBytes));
      const answer = evaluator.evaluate(blinded.map((each) => each.blinded));
      return tagsOf(blinded, answer, evaluator.publicKey);
    });
    expect(new Set(tags).size).toBe(2 * vins.length);
  });
});

describe('what the evaluator sees', () => {
  test('differs each time for the same VIN, and has nothing of it', () => {
    const [vin = normaliseVin('')] = vins;
    const seen = Array.from({ length: 20 }, () => blindVin(vin, randomBytes).blinded);
    expect(new Set(seen.map((each) => Buffer.from(each).toString('hex'))).size).toBe(20);
  });
});

describe('an answer is refused', () => {
  const evaluator = newEvaluator();
  const blinded = vins.map((vin) => blindVin(vin, randomBytes));
  const answer = evaluator.evaluate(blinded.map((each) => each.blinded));
  const other = newEvaluator();
  const elsewhere = other.evaluate(blinded.map((each) => each.blinded));

  test.each([
    ['by another key', elsewhere],
    ['with the proof of another', { ...answer, proof: elsewhere.proof }],
    ['with elements of another', { ...answer, evaluated: elsewhere.evaluated }],
    ['in another order', { ...answer, evaluated: answer.evaluated.toReversed() }],
    ['too short', { ...answer, evaluated: answer.evaluated.slice(1) }],
    ['with half a proof', { ...answer, proof: answer.proof.subarray(32) }],
    ['with a proof of zeros', { ...answer, proof: new Uint8Array(64) }],
    ['with a proof above the order', { ...answer, proof: Buffer.alloc(64, 0xff) }],
    ['with a point at infinity', { ...answer, evaluated: answer.evaluated.with(1, hex('00')) }],
  ])('%s', (_, wrong) => {
    expect(() => tagsOf(blinded, wrong, evaluator.publicKey)).toThrow(/^OPRF_PROOF_INVALID: /);
  });

  test('never by mistake', () => {
    expect(tagsOf(blinded, answer, evaluator.publicKey)).toHaveLength(vins.length);
    expect(oprfKeyIdOf(evaluator.publicKey)).toBe(evaluator.keyId);
  });
});

describe('the library, which shares no code with the client', () => {
  test('reads what the client blinded, and blinds what the client reads', () => {
    const evaluator = newEvaluator();
    const key = evaluator.publicKey;
    const inputs = ['one', 'two', 'three'].map((text) => Buffer.from(text));
    const ours = inputs.map((input) => ({ input, ...blindInput(input, randomBytes) }));
    const theirs = inputs.map((input) => ({ input, ...voprf.blind(input) }));
    const forOurs = evaluator.evaluate(ours.map((each) => each.blinded));
    const forTheirs = evaluator.evaluate(theirs.map((each) => each.blinded));
    const items = ours.map((each, index) => ({
      ...each,
      evaluated: forOurs.evaluated[index] ?? new Uint8Array(),
    }));
    expect(outputsOf(theirs, forTheirs, key)).toEqual(
      voprf.finalizeBatch(items, key, forOurs.proof).map((output) => Buffer.from(output)),
    );
  });
});

describe('the evaluator', () => {
  const evaluator = newEvaluator();

  test.each([
    ['nothing', ''],
    ['infinity', '00'],
    ['zeros', '00'.repeat(33)],
    ['x that no point has', `02${'00'.repeat(31)}01`],
    ['x above the field', `02${'ff'.repeat(32)}`],
    ['an uncompressed point', Buffer.from(p256.Point.BASE.toBytes(false)).toString('hex')],
  ])('takes no element that is %s', (_, element) => {
    expect(() => evaluator.evaluate([hex(element)])).toThrow(/^OPRF_ELEMENT_INVALID: /);
  });

  test.each(['00'.repeat(32), 'ff'.repeat(32)])('takes no key %s', (key) => {
    expect(() => new OprfEvaluator(hex(key), randomBytes)).toThrow(RangeError);
  });
});
