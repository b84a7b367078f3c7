// The certificate library needs this polyfill, and needs it first.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { p256 } from '@noble/curves/nist.js';
import { generateSigningKey, keyIdOfCertificate } from '@passport/ledger-client';
import {
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as AnyCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { CertificateAuthority } from './certificate-authority.ts';

const now = new Date('2026-11-28T12:00:00Z');
let folder: string;
let root: X509Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-authority-'));
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
  root = new X509Certificate(pem);
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  await writeFile(join(ca, 'ca.garage.example-cert.pem'), pem);
  await writeFile(
    join(ca, 'priv_sk'),
    `-----BEGIN PRIVATE KEY-----\n${key.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

const profile = () => ({
  ...{ cryptoMaterial: folder, channel: 'passport' },
  ...{ organisations: [], orderers: [], chaincodes: [] },
});

test('certificates are of the key that was given, of a user, by the authority, in low s', async () => {
  const authority = await CertificateAuthority.read(profile(), 'garage.example');
  const key = await generateSigningKey();
  for (let turn = 0; turn < 8; turn += 1) {
    const pem = await authority.certify(key.publicKey, 'GarageMSP.p-1', now);
    const certificate = new X509Certificate(pem);
    expect(certificate.checkIssued(root) && certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('OU=client\nCN=GarageMSP.p-1');
    expect(await keyIdOfCertificate(Buffer.from(pem))).toBe(key.keyId);
    const signature = new Uint8Array(new AnyCertificate(pem).signature);
    expect(p256.Signature.fromBytes(signature, 'der').hasHighS()).toBe(false);
    expect(certificate.validToDate.getTime() - now.getTime()).toBeLessThan(366 * 86_400_000);
  }
});

test('a folder without an authority is told by its name', async () => {
  await expect(CertificateAuthority.read(profile(), 'insurer.example')).rejects.toMatchObject({
    code: 'LEDGER_PROFILE',
  });
});
