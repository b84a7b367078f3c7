// The certificate library needs this polyfill, and needs it first.
import 'reflect-metadata';
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

import { certificateInLowS } from '../membership/certificate.ts';
import type { Attributes } from './crypto-specification.ts';

/** Where Fabric's CA writes attributes (fabric-ca, lib/attrmgr). */
const ATTRIBUTES_EXTENSION = '1.2.3.4.5.6.7.8.1';

/** All certificates are valid for ten years of 365 days, as cryptogen's. */
const VALIDITY_MS = 3_650 * 24 * 60 * 60 * 1_000;

/** Certificates begin some minutes ago, so that clocks may differ a little. */
const BACKDATED_MS = 5 * 60 * 1_000;

const MINUTE_MS = 60 * 1_000;
const SERIAL_NUMBER_BYTES = 16;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const PLACE: JsonName = [{ C: ['US'] }, { ST: ['California'] }, { L: ['San Francisco'] }];

/** A certificate and its private key, both in PEM. */
export type CertifiedKey = { readonly certificate: string; readonly privateKey: string };

/** Where the serial numbers come from, and what time it is. */
export type IssuingContext = {
  readonly now: () => Date;
  readonly randomBytes: (size: number) => Uint8Array;
};

/** What an identity's certificate says. */
export type IdentityClaims = {
  readonly commonName: string;
  readonly organisationalUnit: 'client' | 'peer' | 'admin' | 'orderer';
  readonly attributes?: Attributes | undefined;
};

/** What a TLS certificate says; host names and IP addresses may be mixed. */
export type TlsClaims = { readonly commonName: string; readonly hosts: readonly string[] };

/**
 * A certificate authority with a key of P-256, whose certificates have the same fields as those of
 * Fabric's cryptogen (internal/cryptogen/ca/ca.go), low-S signatures included.
 */
export class CertificateAuthority {
  readonly #context: IssuingContext;
  readonly #certificate: X509Certificate;
  readonly #privateKey: KeyObject;

  private constructor(certificate: X509Certificate, key: KeyObject, context: IssuingContext) {
    this.#context = context;
    this.#certificate = certificate;
    this.#privateKey = key;
  }

  /** A new authority with a certificate signed by itself. */
  static async create(
    commonName: string,
    organisation: string,
    context: IssuingContext,
  ): Promise<CertificateAuthority> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const name = new Name([...PLACE, { O: [organisation] }, { CN: [commonName] }]);
    const { digitalSignature, keyEncipherment, keyCertSign, cRLSign } = KeyUsageFlags;
    const certificate = await issue({
      context,
      subject: name,
      issuer: name,
      publicKey,
      signingKey: privateKey,
      extensions: [
        new KeyUsagesExtension(digitalSignature | keyEncipherment | keyCertSign | cRLSign, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
        new BasicConstraintsExtension(true, undefined, true),
        new SubjectKeyIdentifierExtension(keyIdentifier(publicKey)),
      ],
    });
    return new CertificateAuthority(certificate, privateKey, context);
  }

  /** An authority made earlier, from its PEM. */
  static read(key: CertifiedKey, context: IssuingContext): CertificateAuthority {
    return new CertificateAuthority(
      new X509Certificate(key.certificate),
      createPrivateKey(key.privateKey),
      context,
    );
  }

  /** The authority's own certificate and key. */
  get certifiedKey(): CertifiedKey {
    return { certificate: toPem(this.#certificate), privateKey: keyToPem(this.#privateKey) };
  }

  /** A new key of somebody who signs proposals, endorsements or blocks. */
  async certifyIdentity(claims: IdentityClaims): Promise<CertifiedKey> {
    const extensions: Extension[] = [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new BasicConstraintsExtension(false, undefined, true),
      this.#authorityKeyIdentifier(),
    ];
    if (claims.attributes !== undefined) {
      // The extension's value is the JSON itself, not an ASN.1 string: so clients read it.
      const value = Buffer.from(JSON.stringify({ attrs: claims.attributes }));
      extensions.push(new Extension(ATTRIBUTES_EXTENSION, false, value));
    }
    const unit = { OU: [claims.organisationalUnit] };
    return this.#certify([...PLACE, unit, { CN: [claims.commonName] }], extensions);
  }

  /** A new key for TLS, of a server and of a client. */
  async certifyTls(claims: TlsClaims): Promise<CertifiedKey> {
    const { digitalSignature, keyEncipherment } = KeyUsageFlags;
    const extensions: Extension[] = [
      new KeyUsagesExtension(digitalSignature | keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new BasicConstraintsExtension(false, undefined, true),
      this.#authorityKeyIdentifier(),
    ];
    if (claims.hosts.length > 0) {
      const names = claims.hosts.map((value) => ({ type: hostType(value), value }) as const);
      extensions.push(new SubjectAlternativeNameExtension(names));
    }
    return this.#certify([...PLACE, { CN: [claims.commonName] }], extensions);
  }

  async #certify(subject: JsonName, extensions: Extension[]): Promise<CertifiedKey> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const certificate = await issue({
      context: this.#context,
      subject: new Name(subject),
      issuer: this.#certificate.subjectName,
      publicKey,
      signingKey: this.#privateKey,
      extensions,
    });
    return { certificate: toPem(certificate), privateKey: keyToPem(privateKey) };
  }

  #authorityKeyIdentifier(): Extension {
    const own = this.#certificate.getExtension(SubjectKeyIdentifierExtension);
    if (own === null) throw new Error('an authority without a subject key identifier');
    return new AuthorityKeyIdentifierExtension(own.keyId);
  }
}

type Issue = {
  readonly context: IssuingContext;
  readonly subject: Name;
  readonly issuer: Name;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly extensions: Extension[];
};

async function issue(issue: Issue): Promise<X509Certificate> {
  const { now, randomBytes } = issue.context;
  const minute = Math.round(now().getTime() / MINUTE_MS) * MINUTE_MS;
  const notBefore = new Date(minute - BACKDATED_MS);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(randomBytes(SERIAL_NUMBER_BYTES)),
    subject: issue.subject,
    issuer: issue.issuer,
    notBefore,
    notAfter: new Date(notBefore.getTime() + VALIDITY_MS),
    publicKey: await toCryptoKey(issue.publicKey),
    signingKey: await toCryptoKey(issue.signingKey),
    signingAlgorithm: SIGNING,
    extensions: issue.extensions,
  });
  return new X509Certificate(new Uint8Array(certificateInLowS(Buffer.from(certificate.rawData))));
}

/** A positive number that fills its bytes, so that there is one way only to encode it. */
function serialNumber([first = 0, ...others]: Uint8Array): string {
  return Buffer.from([(first & 0x7f) | 0x40, ...others]).toString('hex');
}

/** A key as the certificate library takes it: whatever WebCrypto's keys are where this is compiled. */
type LibraryKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

async function toCryptoKey(key: KeyObject): Promise<LibraryKey> {
  const [format, usage] =
    key.type === 'private' ? (['pkcs8', 'sign'] as const) : (['spki', 'verify'] as const);
  const bytes = key.export({ type: format, format: 'der' });
  return crypto.subtle.importKey(format, new Uint8Array(bytes), P256, true, [usage]);
}

/** SHA-256 of the uncompressed point (RFC 7093, section 2, method 1 without truncation). */
function keyIdentifier(publicKey: KeyObject): string {
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) throw new Error('not a key of an elliptic curve');
  return createHash('sha256')
    .update(Buffer.from([0x04]))
    .update(Buffer.from(x, 'base64url'))
    .update(Buffer.from(y, 'base64url'))
    .digest('hex');
}

function hostType(host: string): 'ip' | 'dns' {
  return /^[\d.]+$|:/.test(host) ? 'ip' : 'dns';
}

function toPem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
