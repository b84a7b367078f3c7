import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  issueCertificate,
  strangeAuthority,
  temporaryFolder,
  type TestIdentity,
} from '@passport/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { NetworkProfile } from '../network-profile.ts';
import { identityOfChain, readMemberRoots } from './member-roots.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let profile: NetworkProfile;
let authority: TestIdentity;

const certificateOf = ({ certificate }: TestIdentity) => new X509Certificate(certificate);

beforeEach(async () => {
  folder = await temporaryFolder('member-roots');
  authority = await strangeAuthority('GarageMSP');
  const cacerts = join(folder.path, 'peerOrganizations', 'garage.example', 'msp', 'cacerts');
  await mkdir(cacerts, { recursive: true });
  await writeFile(join(cacerts, 'ca.garage.example-cert.pem'), authority.certificate);
  const garage = { mspId: 'GarageMSP', domain: 'garage.example', peers: [], users: [] };
  profile = {
    channel: 'passport',
    cryptoMaterial: folder.path,
    organisations: [garage],
    orderers: [],
    chaincodes: [],
  };
});

afterEach(() => folder.remove());

describe('the roots of members', () => {
  test('are read from the network’s folders, and certify their users', async () => {
    const roots = await readMemberRoots(profile);
    const user = await issueCertificate(authority, { units: ['client'] });
    expect(identityOfChain([certificateOf(user)], roots, new Date())).toEqual({
      mspId: 'GarageMSP',
      isAdmin: false,
    });
  });

  test('are missed by name', async () => {
    const organisations = profile.organisations.map((one) => ({ ...one, domain: 'no.example' }));
    await expect(readMemberRoots({ ...profile, organisations })).rejects.toThrow(
      /^cannot read the roots of GarageMSP: .*ENOENT/,
    );
  });

  test('do not let a user certify others', async () => {
    const roots = await readMemberRoots(profile);
    const user = await issueCertificate(authority, { commonName: 'user' });
    const friend = await issueCertificate(user, { commonName: 'friend' });
    const chain = [friend, user].map(certificateOf);
    expect(() => identityOfChain(chain, roots, new Date())).toThrow(/^CALLER_UNKNOWN: .*no chain/);
  });

  test('do not certify what only says that it is by them', async () => {
    const roots = await readMemberRoots(profile);
    const { privateKey } = await strangeAuthority('GarageMSP');
    // Issuer and its key's identifier are right; only the signature is not.
    const forged = await issueCertificate({ ...authority, privateKey });
    expect(() => identityOfChain([certificateOf(forged)], roots, new Date())).toThrow(
      /^CALLER_UNKNOWN: .*no member/,
    );
  });

  test('take no certificate along that has nothing to do with it', async () => {
    const roots = await readMemberRoots(profile);
    const stranger = await issueCertificate(await strangeAuthority('GarageMSP'));
    const user = await issueCertificate(authority);
    for (const chain of [[stranger, user], [user, stranger], [], [user, user, user, user]]) {
      expect(() => identityOfChain(chain.map(certificateOf), roots, new Date())).toThrow(
        /^CALLER_UNKNOWN: /,
      );
    }
  });
});
