// The certificate library needs this polyfill, and needs it first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { p256 } from '@noble/curves/nist.js';
import { LedgerProfileError, type NetworkProfile } from '@passport/ledger-client';
import type { PublicKey } from '@passport/model';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const VALID_MS = 365 * 24 * 60 * 60 * 1000;
/** Certificates begin some minutes ago, so that clocks may differ a little. */
const BACKDATED_MS = 5 * 60 * 1000;
const SERIAL_NUMBER_BYTES = 16;
/** Half of the signatures have the s that Fabric takes; so many have not in one of 2^64 cases. */
const SIGNATURES_MAX = 64;

/** A member's authority, as far as it certifies users. */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #key: CryptoKey;

  private constructor(certificate: X509Certificate, key: CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  /** Reads the one in `peerOrganizations/<domain>/ca`, as cryptogen lays it out. Throws LedgerProfileError. */
  static async read({ cryptoMaterial }: NetworkProfile, domain: string) {
    const folder = join(cryptoMaterial, 'peerOrganizations', domain, 'ca');
    try {
      const files = await readdir(folder);
      const find = (ending: string) => readFile(join(folder, fileWith(files, ending)), 'utf8');
      const der = createPrivateKey(await find('_sk')).export({ type: 'pkcs8', format: 'der' });
      const key = await crypto.subtle.importKey('pkcs8', Uint8Array.from(der), P256, false, [
        'sign',
      ]);
      return new CertificateAuthority(new X509Certificate(await find('-cert.pem')), key);
    } catch (error) {
      throw new LedgerProfileError(`cannot read the authority in ${folder}`, error);
    }
  }

  /**
   * A certificate of an ordinary user (node OU `client`) for a key, in PEM, for a year. Every transaction carries it to the
   * ledger for ever, so `name` is a source's, and never a person's.
   */
  async certify(publicKey: PublicKey, name: string, now: Date): Promise<string> {
    const key = await crypto.subtle.importKey('jwk', publicKey, P256, true, ['verify']);
    const own = this.#certificate.getExtension(SubjectKeyIdentifierExtension);
    if (own === null) throw new LedgerProfileError('the authority has no key identifier');
    const notBefore = new Date(now.getTime() - BACKDATED_MS);
    const claims = {
      subject: [{ OU: ['client'] }, { CN: [name] }],
      issuer: this.#certificate.subjectName,
      notBefore,
      notAfter: new Date(notBefore.getTime() + VALID_MS),
      publicKey: key,
      signingKey: this.#key,
      signingAlgorithm: SIGNING,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new BasicConstraintsExtension(false, undefined, true),
        new AuthorityKeyIdentifierExtension(own.keyId),
      ],
    };
    for (let turn = 0; turn < SIGNATURES_MAX; turn += 1) {
      const certificate = await X509CertificateGenerator.create({
        ...claims,
        serialNumber: serial(),
      });
      const signature = new Uint8Array(certificate.signature);
      // Fabric reads a certificate in low-S; in any other, key and transaction would not meet.
      if (!p256.Signature.fromBytes(signature, 'der').hasHighS()) {
        return `${certificate.toString('pem')}\n`;
      }
    }
    throw new Error('no signature of the authority has a low s');
  }
}

/** A positive number that fills its bytes, so that there is one way only to encode it. */
function serial(): string {
  const [first = 0, ...others] = randomBytes(SERIAL_NUMBER_BYTES);
  return Buffer.from([(first & 0x7f) | 0x40, ...others]).toString('hex');
}

function fileWith(files: readonly string[], ending: string): string {
  const found = files.find((file) => file.endsWith(ending));
  if (found === undefined) throw new Error(`no file ends with ${ending}`);
  return found;
}
