import { X509Certificate } from 'node:crypto';

import { p256 } from '@noble/curves/nist.js';
import { generateSigningKey, keyIdOfCertificate } from '@passport/ledger-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { CertificateAuthority } from './certificate-authority.ts';
import { type TestAuthority, testAuthority } from './testing/test-authority.ts';

const now = new Date('2026-11-28T12:00:00Z');
let made: TestAuthority;

beforeAll(async () => {
  made = await testAuthority();
});

afterAll(() => made.remove());

test('certificates are of the key that was given, of a user, by the authority, in low s', async () => {
  const authority = await CertificateAuthority.read(made.profile, 'garage.example');
  const root = new X509Certificate(made.pem);
  const key = await generateSigningKey();
  for (let turn = 0; turn < 8; turn += 1) {
    const pem = await authority.certify(key.publicKey, 'GarageMSP.p-1', now);
    const certificate = new X509Certificate(pem);
    expect(certificate.checkIssued(root) && certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('OU=client\nCN=GarageMSP.p-1');
    expect(await keyIdOfCertificate(Buffer.from(pem))).toBe(key.keyId);
    expect(p256.Signature.fromBytes(signatureOf(certificate.raw), 'der').hasHighS()).toBe(false);
    expect(certificate.validToDate.getTime() - now.getTime()).toBeLessThan(366 * 86_400_000);
  }
});

test('a folder without an authority is told by its name', async () => {
  await expect(CertificateAuthority.read(made.profile, 'insurer.example')).rejects.toMatchObject({
    code: 'LEDGER_PROFILE',
  });
});

/** The last part of a certificate: a bit string of 70 to 72 bytes, of which the first counts unused bits. */
function signatureOf(raw: Uint8Array): Uint8Array {
  for (let length = 68; length <= 72; length += 1) {
    const start = raw.length - length;
    const isBitString =
      raw[start - 3] === 0x03 && raw[start - 2] === length + 1 && raw[start - 1] === 0;
    if (isBitString && raw[start] === 0x30) return raw.subarray(start);
  }
  throw new Error('no signature at the end');
}
