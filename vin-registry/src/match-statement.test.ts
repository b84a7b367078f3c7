import { randomBytes } from 'node:crypto';

import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import { normaliseVin, parseMspId, parseSourceId, vidOfBytes } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import {
  commitTo,
  type MatchProof,
  SALT_BYTES,
  signStatement,
  type VinAndPaper,
  verifyMatch,
} from './match-statement.ts';

const shown: VinAndPaper = { vin: normaliseVin('WVWZZZ1JZXW000001'), paper: 'DE-123456' };
const vid = vidOfBytes(Buffer.alloc(16, 3));
const intake = parseMspId('GarageMSP');
const registry = parseSourceId('MakerMSP/registry');
const at = new Date('2026-11-28T12:00:00.000Z');
const salt = randomBytes(SALT_BYTES);

let key: SigningKey;
let proof: MatchProof;

beforeAll(async () => {
  key = await generateSigningKey();
  const commitment = commitTo(shown, salt);
  const statement = await signStatement(key, { registry, vid, commitment, intake, at });
  proof = { salt: salt.toString('base64url'), statement };
});

describe('the proof of a match', () => {
  test('shows who has VIN, paper and salt that they were matched to the vid', async () => {
    expect(await verifyMatch(shown, proof, key.publicKey)).toEqual({ vid, registry, intake, at });
  });

  test('has nothing of VIN and paper in it', () => {
    const claims = Buffer.from(proof.statement.split('.')[1] ?? '', 'base64url').toString();
    expect(claims).not.toContain(shown.vin);
    expect(claims).not.toContain(shown.paper);
  });

  test.each<[string, () => [VinAndPaper, MatchProof]]>([
    ['another VIN', () => [{ ...shown, vin: normaliseVin('WVWZZZ1JZXW000002') }, proof]],
    ['another paper', () => [{ ...shown, paper: 'DE-123457' }, proof]],
    ['another salt', () => [shown, { ...proof, salt: randomBytes(32).toString('base64url') }]],
    ['no statement', () => [shown, { ...proof, statement: '' }]],
    ['a changed statement', () => [shown, { ...proof, statement: proof.statement.slice(0, -4) }]],
  ])('is none for %s', async (_, wrong) => {
    const [what, by] = wrong();
    await expect(verifyMatch(what, by, key.publicKey)).rejects.toMatchObject({
      code: 'COMMITMENT_INVALID',
    });
  });

  test('is none that another has signed', async () => {
    const { publicKey } = await generateSigningKey();
    await expect(verifyMatch(shown, proof, publicKey)).rejects.toMatchObject({
      code: 'COMMITMENT_INVALID',
    });
  });
});
