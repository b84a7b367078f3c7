import 'reflect-metadata';
import { createPrivateKey, type KeyObject } from 'node:crypto';

import * as x509 from '@peculiar/x509';

import type { TestIdentity } from './identity.ts';

const DAY_MS = 86_400_000;

/** Keys as the certificate library takes them: whatever WebCrypto's are where this is compiled. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
type Keys = { readonly publicKey: Key; readonly privateKey: Key };
/** Where Fabric's CA writes attributes; the extension's value is JSON as it is. */
const ATTRIBUTES = '1.2.3.4.5.6.7.8.1';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What a certificate to be made says. */
export type CertificateOptions = {
  readonly commonName?: string;
  /** Organisational units; Fabric takes a client, peer or admin from here. */
  readonly units?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Attributes as Fabric's CA writes them: an extension of raw JSON. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** A certificate by an organisation's CA, and its fresh key. */
export async function issueCertificate(
  authority: TestIdentity,
  options: CertificateOptions = {},
): Promise<TestIdentity> {
  const issuer = new x509.X509Certificate(authority.certificate.toString());
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      // Fabric asks whether the CA was valid when the certificate began to be.
      ...description({ notBefore: issuer.notBefore, ...options }),
      issuer: issuer.subjectName,
      publicKey: keys.publicKey,
      signingKey: await signingKey(authority.privateKey),
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.BasicConstraintsExtension(false, undefined, true),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
        ...attributesOf(options),
      ],
    },
    crypto,
  );
  return identity(authority.mspId, certificate, keys);
}

/** A CA of nobody's, which says that it is the named organisation's. */
export async function strangeAuthority(mspId: string): Promise<TestIdentity> {
  const keys = await generateKeys();
  const { subject, ...rest } = description({ commonName: 'ca.strange.example', units: [] });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...rest,
      name: subject,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return identity(mspId, certificate, keys);
}

function description({
  commonName = 'stranger',
  units = ['client'],
  ...dates
}: CertificateOptions) {
  const now = new Date();
  return {
    subject: [...units.map((unit) => `OU=${unit}`), `CN=${commonName}`].join(', '),
    notBefore: dates.notBefore ?? new Date(now.getTime() - DAY_MS),
    notAfter: dates.notAfter ?? new Date(now.getTime() + DAY_MS),
    signingAlgorithm: ALGORITHM,
  };
}

function attributesOf({ attributes }: CertificateOptions): x509.Extension[] {
  if (attributes === undefined) return [];
  const json = Buffer.from(JSON.stringify({ attrs: attributes }));
  return [new x509.Extension(ATTRIBUTES, false, json)];
}

async function generateKeys(): Promise<Keys> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function signingKey(key: KeyObject): Promise<Key> {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ALGORITHM, false, ['sign']);
}

async function identity(
  mspId: string,
  certificate: x509.X509Certificate,
  keys: Keys,
): Promise<TestIdentity> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    mspId,
    certificate: Buffer.from(certificate.toString('pem')),
    privateKey: createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
  };
}
