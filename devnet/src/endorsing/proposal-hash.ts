import { createHash } from 'node:crypto';

/** Transaction id: hex of SHA-256(nonce, creator). Source: Fabric, protoutil/proputils.go. */
export function computeTxId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

/**
 * The hash that binds endorsements to their proposal: SHA-256 of channel header, signature header
 * and the proposal payload without transient data. Source: Fabric, protoutil/proputils.go.
 */
export function proposalHash(
  channelHeader: Uint8Array,
  signatureHeader: Uint8Array,
  payload: Uint8Array,
): Buffer {
  return createHash('sha256')
    .update(channelHeader)
    .update(signatureHeader)
    .update(payload)
    .digest();
}
