import type { KeyId, PublicKey } from '@passport/model';
import type { CompactSign } from 'jose';

/** A key on P-256 that signs: in a browser its private part is a CryptoKey, which need not be extractable. */
export type SignerKey = {
  readonly keyId: KeyId;
  readonly publicKey: PublicKey;
  readonly privateKey: Parameters<CompactSign['sign']>[0];
};
