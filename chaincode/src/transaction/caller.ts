import { createHash, X509Certificate } from 'node:crypto';

import {
  parse,
  parseMspId,
  publicKey,
  type KeyId,
  type MspId,
  thumbprintInput,
} from '@passport/model';
import type { Context } from 'fabric-contract-api';

/** Who submitted the transaction: a user of an organisation. */
export type Caller = {
  readonly mspId: MspId;
  /** Whether the certificate is an administrator's (Fabric's node OU `admin`). */
  readonly isAdmin: boolean;
  /** Thumbprint of the certificate's key (RFC 7638). Throws PassportError `PUBLIC_KEY_INVALID`. */
  readonly keyId: () => KeyId;
};

/** Reads the caller from the transaction's creator, which the peer has checked. */
export function callerOf(identity: Context['clientIdentity']): Caller {
  const certificate = new X509Certificate(Buffer.from(identity.getIDBytes()));
  return {
    mspId: parseMspId(identity.getMSPID()),
    isAdmin: /(?:^|\n)OU=admin(?:\n|$)/.test(certificate.subject),
    keyId: () => thumbprint(certificate.publicKey.export({ format: 'jwk' })),
  };
}

/** Thumbprint of a P-256 key (RFC 7638, SHA-256, base64url). Throws PassportError `PUBLIC_KEY_INVALID`. */
export function thumbprint(jwk: object): KeyId {
  const key = parse(publicKey, jwk, 'PUBLIC_KEY_INVALID');
  return createHash('sha256').update(thumbprintInput(key)).digest('base64url') as KeyId;
}
