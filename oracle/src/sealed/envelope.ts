import { createHmac } from 'node:crypto';

import { canonical } from './canonical.ts';
import { openGcm, POINT_BYTES, receive } from './hpke.ts';

/** What an envelope is bound to. */
export type Context = {
  readonly ledger: string;
  readonly vid: string;
  readonly scope: string;
  readonly event: string;
  readonly contributor: string;
};

const HEADER_BYTES = 6;
const NONCE_AT = HEADER_BYTES + POINT_BYTES;
const COMMITMENT_AT = NONCE_AT + 12;
const CIPHERTEXT_AT = COMMITMENT_AT + 32;

/** The epoch of the key that a field is sealed to; undefined of what is no envelope of suite 1, version 1. */
export function epochOf(field: string): number | undefined {
  const bytes = Buffer.from(field, 'base64url');
  if (bytes[0] !== 1 || bytes[1] !== 1 || bytes.length < CIPHERTEXT_AT + 16) return undefined;
  return bytes.readUInt32BE(2);
}

/** The text in an envelope; undefined where the private key does not open it. */
export function openEnvelope(
  field: string,
  scalar: Uint8Array,
  context: Context,
): string | undefined {
  const bytes = Buffer.from(field, 'base64url');
  const epoch = bytes.readUInt32BE(2);
  const { ledger, vid, scope, event, contributor } = context;
  const info = `passport/seal/1${canonical({ ledger, vid, scope, epoch, contributor })}`;
  const shared = receive(scalar, bytes.subarray(HEADER_BYTES, NONCE_AT), info);
  if (shared === undefined) return undefined;
  const keys = createHmac('sha512', shared.export('passport/events/1', 32)).update(event).digest();
  const commitment = bytes.subarray(COMMITMENT_AT, CIPHERTEXT_AT);
  if (!keys.subarray(32).equals(commitment)) return undefined;
  const aad = canonical({ ...context, suite: 1, version: 1, epoch });
  const nonce = bytes.subarray(NONCE_AT, COMMITMENT_AT);
  const opened = openGcm(keys.subarray(0, 32), nonce, aad, bytes.subarray(CIPHERTEXT_AT));
  return opened?.toString('utf8');
}
