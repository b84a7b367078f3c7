import { verify } from 'node:crypto';

import type { Certificate } from './certificate.ts';
import {
  DerError,
  type DerElement,
  readDerList,
  readDerOf,
  readObjectIdentifier,
  tag,
} from './der.ts';
import { decodePem } from './pem.ts';

const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';

/** Hash functions by the signature algorithm's object identifier (RFC 5758, RFC 4055). */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
]);

/** A list of revoked certificates of one authority (RFC 5280, section 5). */
export class RevocationList {
  readonly #tbs: Buffer;
  readonly #signature: Buffer;
  readonly #hash: string | undefined;
  readonly #authorityKeyIdentifier: Buffer;
  readonly #serialNumbers: ReadonlySet<bigint>;

  /**
   * Takes DER or PEM bytes. Throws {@link DerError} where they are no revocation list, or one that
   * does not say whose it is: it could not be applied, and must not be passed over.
   */
  constructor(bytes: Uint8Array) {
    const der = decodePem(bytes) ?? Buffer.from(bytes);
    const [tbs, algorithm, signature] = readDerList(readDerOf(der, tag.sequence).content);
    if (tbs === undefined || algorithm === undefined || signature?.tag !== tag.bitString) {
      throw new DerError('not a certificate revocation list');
    }
    const fields = readDerList(tbs.content);
    this.#tbs = tbs.raw;
    this.#signature = signature.content.subarray(1);
    this.#hash = HASHES.get(
      readObjectIdentifier(readDerOf(algorithm.content, tag.objectIdentifier).content),
    );
    this.#serialNumbers = readSerialNumbers(fields);
    this.#authorityKeyIdentifier = readAuthorityKeyIdentifier(fields);
  }

  /**
   * Whether it revokes a certificate that `issuer` has signed: it names the certificate, and is the
   * issuer's own list. Source: Fabric, msp/mspimplvalidate.go (validateCertAgainstChain).
   */
  revokes(certificate: Certificate, issuer: Certificate): boolean {
    const { subjectKeyIdentifier } = issuer;
    if (subjectKeyIdentifier === undefined) return false;
    if (!this.#authorityKeyIdentifier.equals(subjectKeyIdentifier)) return false;
    if (!this.#serialNumbers.has(BigInt(`0x${certificate.serialNumber}`))) return false;
    return (
      this.#hash !== undefined && verify(this.#hash, this.#tbs, issuer.publicKey, this.#signature)
    );
  }
}

/** The revoked certificates are the only sequence of sequences that begin with an integer. */
function readSerialNumbers(fields: readonly DerElement[]): Set<bigint> {
  const serialNumbers = new Set<bigint>();
  for (const field of fields) {
    if (field.tag !== tag.sequence) continue;
    for (const entry of readDerList(field.content)) {
      if (entry.tag !== tag.sequence) break;
      const [serial] = readDerList(entry.content);
      if (serial?.tag !== tag.integer) break;
      serialNumbers.add(BigInt(`0x${serial.content.toString('hex')}`));
    }
  }
  return serialNumbers;
}

function readAuthorityKeyIdentifier(fields: readonly DerElement[]): Buffer {
  const extensions = fields.find((field) => field.tag === 0xa0);
  const list = extensions && readDerOf(extensions.content, tag.sequence).content;
  for (const extension of readDerList(list ?? Buffer.alloc(0))) {
    const parts = readDerList(extension.content);
    const [id] = parts;
    const value = parts.at(-1);
    if (id === undefined || value === undefined) throw new DerError('not an extension');
    if (readObjectIdentifier(id.content) !== AUTHORITY_KEY_IDENTIFIER) continue;
    const identifiers = readDerList(readDerOf(value.content, tag.sequence).content);
    const identifier = identifiers.find((candidate) => candidate.tag === 0x80);
    if (identifier !== undefined) return identifier.content;
  }
  throw new DerError('authorityKeyIdentifier not found in certificate');
}
