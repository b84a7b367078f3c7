import { canonical } from './canonical.ts';
import { openGcm, POINT_BYTES, receive } from './hpke.ts';
import { scopes } from './scopes.ts';

/** A private key that opens what is sealed to one key of a vehicle. */
export type ScopeKey = { readonly scope: string; readonly epoch: number; readonly scalar: Buffer };

/** What a wrap is bound to. */
export type WrapContext = {
  readonly ledger: string;
  readonly vid: string;
  readonly ownerEpoch: number;
  /** The nonce of the command that it came with. */
  readonly id: string;
};

const KEY_BYTES = 35;

/** The keys in a wrap; none where the reader's key does not open it, or something else is in it. */
export function unwrap(wrapped: string, reader: Uint8Array, context: WrapContext): ScopeKey[] {
  const bytes = Buffer.from(wrapped, 'base64url');
  const shared = receive(reader, bytes.subarray(0, POINT_BYTES), 'passport/wrap/1');
  const aad = canonical({ ...context, purpose: 'grant' });
  const keys = shared && openGcm(shared.key, shared.nonce, aad, bytes.subarray(POINT_BYTES));
  if (keys === undefined || keys.length % KEY_BYTES !== 0) return [];
  const numbers = keys.filter((_, place) => place % KEY_BYTES === 0);
  if (numbers.some((number) => number >= scopes.length)) return [];
  return Array.from({ length: keys.length / KEY_BYTES }, (_, place): ScopeKey => {
    const key = keys.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES);
    const scope = scopes[key.readUInt8(0)] ?? '';
    return { scope, epoch: key.readUInt16BE(1), scalar: key.subarray(3) };
  });
}
