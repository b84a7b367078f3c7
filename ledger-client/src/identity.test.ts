import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readIdentity } from './identity.ts';
import type { NetworkProfile } from './network-profile.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let profile: NetworkProfile;
let keystore: string;

beforeEach(async () => {
  const cryptoMaterial = await mkdtemp(join(tmpdir(), 'passport-identity-'));
  const user = 'peerOrganizations/maker.example/users/User1@maker.example';
  const msp = join(cryptoMaterial, user, 'msp');
  keystore = join(msp, 'keystore');
  await mkdir(join(msp, 'signcerts'), { recursive: true });
  await mkdir(keystore);
  await writeFile(join(msp, 'signcerts', 'User1@maker.example-cert.pem'), 'a certificate');
  await writeFile(join(keystore, 'priv_sk'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const organisation = { mspId: 'MakerMSP', domain: 'maker.example', peers: [], users: [] };
  profile = {
    channel: 'passport',
    cryptoMaterial,
    organisations: [organisation],
    orderers: [],
    chaincodes: [],
  };
});

afterEach(async () => {
  await rm(profile.cryptoMaterial, { recursive: true });
});

describe('readIdentity', () => {
  test.each(['User1', 'User1@maker.example'])('reads certificate and key of %s', async (user) => {
    const identity = await readIdentity(profile, 'MakerMSP', user);

    expect(identity.mspId).toBe('MakerMSP');
    expect(Buffer.from(identity.certificate).toString()).toBe('a certificate');
    expect(identity.privateKey.equals(privateKey)).toBe(true);
  });

  test('says which organisations there are when the one asked for is not', async () => {
    await expect(readIdentity(profile, 'ThiefMSP', 'User1')).rejects.toThrow(
      'no organisation ThiefMSP, only MakerMSP',
    );
  });

  test('says whose keys it cannot read', async () => {
    await expect(readIdentity(profile, 'MakerMSP', 'User9')).rejects.toThrow(
      /cannot read User9@maker.example of MakerMSP: .*ENOENT/,
    );
  });

  test('does not choose between two keys', async () => {
    await writeFile(join(keystore, 'other_sk'), 'another key');

    await expect(readIdentity(profile, 'MakerMSP', 'User1')).rejects.toThrow('more than one file');
  });
});
