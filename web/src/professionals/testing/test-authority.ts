// The certificate library needs this polyfill, and needs it first.
import 'reflect-metadata';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NetworkProfile } from '@passport/ledger-client';
import {
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** An authority in a folder, as cryptogen lays it out, and the profile of a network that has it. */
export type TestAuthority = {
  readonly profile: NetworkProfile;
  /** Its own certificate, in PEM. */
  readonly pem: string;
  remove(): Promise<void>;
};

/** Makes the authority of `garage.example`. */
export async function testAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'passport-authority-'));
  const ca = join(folder, 'peerOrganizations', 'garage.example', 'ca');
  await mkdir(ca, { recursive: true });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=ca.garage.example', keys, signingAlgorithm: algorithm },
    ...{ notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01') },
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = certificate.toString('pem');
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const body = der.toString('base64');
  await writeFile(join(ca, 'ca.garage.example-cert.pem'), pem);
  await writeFile(
    join(ca, 'priv_sk'),
    `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
  );
  return {
    profile: {
      ...{ cryptoMaterial: folder, channel: 'passport' },
      ...{ organisations: [], orderers: [], chaincodes: [] },
    },
    pem,
    remove: () => rm(folder, { recursive: true }),
  };
}
