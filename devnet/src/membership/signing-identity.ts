import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

import { signLowS } from './ecdsa-signature.ts';
import { MembershipError } from './membership-error.ts';
import { serializeIdentity } from './serialized-identity.ts';

/** Who signs, with the key: a certificate of an organisation and what belongs to it. */
export class SigningIdentity {
  readonly mspId: string;
  /** The certificate in PEM. */
  readonly certificate: string;
  /** A serialized msp.SerializedIdentity, as it stands in headers and endorsements. */
  readonly serialized: Uint8Array;
  readonly #privateKey: KeyObject;

  /**
   * Takes certificate and private key (PKCS#8 or SEC 1) in PEM. Throws {@link MembershipError}
   * `malformed-identity` when they do not belong together or are not of P-256.
   */
  constructor(mspId: string, certificate: string, privateKey: string) {
    const key = createPrivateKey(privateKey);
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new MembershipError('malformed-identity', `the key of ${mspId} is not of P-256`);
    }
    if (!new X509Certificate(certificate).checkPrivateKey(key)) {
      throw new MembershipError(
        'malformed-identity',
        `the private key of ${mspId} does not belong to its certificate`,
      );
    }
    this.mspId = mspId;
    this.certificate = certificate;
    this.serialized = serializeIdentity(mspId, certificate);
    this.#privateKey = key;
  }

  /** Signs a message: ECDSA over its SHA-256, DER, low S. */
  sign(message: Uint8Array): Uint8Array {
    return signLowS(this.#privateKey, message);
  }
}
