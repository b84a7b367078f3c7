import { createHash, type KeyObject, X509Certificate } from 'node:crypto';

import { isLowS, toLowS } from './ecdsa-signature.ts';
import {
  DerError,
  type DerElement,
  encodeDer,
  readDer,
  readDerList,
  readDerOf,
  readObjectIdentifier,
  tag,
} from './der.ts';

/** Object identifiers of RFC 5280. */
const oid = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  organisationalUnit: '2.5.4.11',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Extensions whose meaning is checked here, or that restrict nothing here. */
const UNDERSTOOD = new Set<string>([
  oid.subjectKeyIdentifier,
  oid.keyUsage,
  oid.subjectAlternativeName,
  oid.basicConstraints,
  oid.authorityKeyIdentifier,
  oid.extendedKeyUsage,
]);

/** Signature algorithms of ECDSA begin with this arc (RFC 5758). */
const ECDSA_ARC = '1.2.840.10045.4.';

/** keyCertSign in the first byte of the key usage's bit string (RFC 5280, section 4.2.1.3). */
const KEY_CERT_SIGN = 0x04;

/** What the basic constraints extension says; undefined where a certificate has none. */
export type BasicConstraints = { readonly ca: boolean; readonly pathLength: number | undefined };

/** A certificate, taken apart once; it is what its bytes say, not what anybody should trust. */
export class Certificate {
  readonly der: Buffer;
  readonly publicKey: KeyObject;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly commonName: string;
  readonly organisation: string;
  readonly organisationalUnits: readonly string[];
  /** Hexadecimal, in capitals. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly basicConstraints: BasicConstraints | undefined;
  /** Purposes as object identifiers; empty where the certificate restricts nothing. */
  readonly extendedKeyUsage: readonly string[];
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly hasUnknownCriticalExtension: boolean;
  /** SHA-256 of the whole certificate, hexadecimal. */
  readonly fingerprint: string;
  readonly #x509: X509Certificate;
  readonly #keyUsage: number | undefined;
  readonly #isEcdsaSigned: boolean;

  /** Takes DER or PEM bytes. Throws Error where they are no certificate. */
  constructor(bytes: Uint8Array) {
    this.#x509 = new X509Certificate(bytes);
    this.der = this.#x509.raw;
    const parts = takeApart(this.der);
    this.publicKey = this.#x509.publicKey;
    this.issuer = parts.issuer.raw;
    this.subject = parts.subject.raw;
    const names = readName(parts.subject);
    this.commonName = names.get(oid.commonName)?.[0] ?? '';
    this.organisation = names.get(oid.organisation)?.[0] ?? '';
    this.organisationalUnits = names.get(oid.organisationalUnit) ?? [];
    this.serialNumber = this.#x509.serialNumber;
    this.notBefore = this.#x509.validFromDate;
    this.notAfter = this.#x509.validToDate;
    const extensions = readExtensions(parts.extensions);
    this.basicConstraints = readBasicConstraints(extensions.get(oid.basicConstraints)?.value);
    this.extendedKeyUsage = readExtendedKeyUsage(extensions.get(oid.extendedKeyUsage)?.value);
    this.subjectKeyIdentifier = readKeyIdentifier(extensions.get(oid.subjectKeyIdentifier)?.value);
    this.hasUnknownCriticalExtension = [...extensions].some(
      ([id, { critical }]) => critical && !UNDERSTOOD.has(id),
    );
    this.fingerprint = createHash('sha256').update(this.der).digest('hex');
    this.#keyUsage = readKeyUsage(extensions.get(oid.keyUsage)?.value);
    this.#isEcdsaSigned = parts.signatureAlgorithm.startsWith(ECDSA_ARC);
  }

  /** Whether the basic constraints make it a certificate authority's. */
  get isCa(): boolean {
    return this.basicConstraints?.ca === true;
  }

  /** Whether it may sign certificates (Go, crypto/x509, Certificate.CheckSignatureFrom). */
  get maySignCertificates(): boolean {
    return this.isCa && (this.#keyUsage === undefined || (this.#keyUsage & KEY_CERT_SIGN) !== 0);
  }

  /** Whether the key of `parent` has signed this one. */
  isSignedBy(parent: Certificate): boolean {
    return this.#x509.verify(parent.publicKey);
  }

  /**
   * The same certificate with a low-S signature: Fabric compares and names certificates in that
   * form, since anybody can turn one valid signature into the other (Fabric, msp/cert.go).
   */
  inLowS(): Certificate {
    if (!this.#isEcdsaSigned) return this;
    const low = certificateInLowS(this.der);
    return low === this.der ? this : new Certificate(low);
  }

  /** The certificate in PEM. */
  toPem(): string {
    return this.#x509.toString();
  }
}

/** An ECDSA-signed DER certificate with its signature in low S; the same bytes where it is so. */
export function certificateInLowS(der: Buffer): Buffer {
  const [tbs, algorithm, signature] = readDerList(readDerOf(der, tag.sequence).content);
  if (tbs === undefined || algorithm === undefined || signature?.tag !== tag.bitString) {
    throw new DerError('not a certificate');
  }
  const bits = signature.content.subarray(1);
  if (isLowS(bits)) return der;
  const low = encodeDer(tag.bitString, Buffer.from([0]), toLowS(bits));
  return encodeDer(tag.sequence, tbs.raw, algorithm.raw, low);
}

type Parts = {
  readonly issuer: DerElement;
  readonly subject: DerElement;
  readonly extensions: DerElement | undefined;
  readonly signatureAlgorithm: string;
};

/** RFC 5280, section 4.1: the version is optional, what follows the key has tags of its own. */
function takeApart(der: Buffer): Parts {
  const [tbs, algorithm] = readDerList(readDerOf(der, tag.sequence).content);
  if (tbs === undefined || algorithm === undefined) throw new DerError('not a certificate');
  const fields = readDerList(tbs.content);
  const start = fields[0]?.tag === 0xa0 ? 1 : 0;
  const issuer = fields[start + 2];
  const subject = fields[start + 4];
  if (issuer === undefined || subject === undefined) throw new DerError('not a certificate');
  return {
    issuer,
    subject,
    extensions: fields.find((field) => field.tag === 0xa3),
    signatureAlgorithm: readObjectIdentifier(
      readDerOf(algorithm.content, tag.objectIdentifier).content,
    ),
  };
}

function readName(name: DerElement): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const set of readDerList(name.content)) {
    for (const attribute of readDerList(set.content)) {
      const [type, value] = readDerList(attribute.content);
      if (type === undefined || value === undefined) throw new DerError('not a name');
      const id = readObjectIdentifier(type.content);
      values.set(id, [...(values.get(id) ?? []), value.content.toString('utf8')]);
    }
  }
  return values;
}

type Extension = { readonly critical: boolean; readonly value: Buffer };

function readExtensions(element: DerElement | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (element === undefined) return extensions;
  for (const extension of readDerList(readDerOf(element.content, tag.sequence).content)) {
    const fields = readDerList(extension.content);
    const value = fields.at(-1);
    const [id, second] = fields;
    if (id === undefined || value?.tag !== tag.octetString) throw new DerError('not an extension');
    const critical = second?.tag === tag.boolean && second.content[0] !== 0;
    extensions.set(readObjectIdentifier(id.content), { critical, value: value.content });
  }
  return extensions;
}

function readBasicConstraints(value: Buffer | undefined): BasicConstraints | undefined {
  if (value === undefined) return undefined;
  const fields = readDerList(readDerOf(value, tag.sequence).content);
  const ca = fields.find((field) => field.tag === tag.boolean);
  const length = fields.find((field) => field.tag === tag.integer);
  return {
    ca: ca !== undefined && ca.content[0] !== 0,
    pathLength: length === undefined ? undefined : Number(`0x${length.content.toString('hex')}`),
  };
}

function readExtendedKeyUsage(value: Buffer | undefined): string[] {
  if (value === undefined) return [];
  return readDerList(readDerOf(value, tag.sequence).content).map((usage) =>
    readObjectIdentifier(usage.content),
  );
}

function readKeyIdentifier(value: Buffer | undefined): Buffer | undefined {
  return value === undefined ? undefined : readDerOf(value, tag.octetString).content;
}

function readKeyUsage(value: Buffer | undefined): number | undefined {
  return value === undefined ? undefined : readDer(value).content[1];
}
