import {
  base64urlOf,
  bytesOfBase64url,
  canonicalJson,
  type KeyScope,
  keyScopes,
  PassportError,
  type PublicKey,
  type Vid,
} from '@passport/model';

import { type RandomBytes, setupReader, setupSender, utf8 } from './hpke.ts';
import { ENC_BYTES, SCALAR_BYTES } from './hpke-of.ts';

/** What keys are sealed to a reader for: one command of an owner. */
export type WrapContext = {
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
  readonly vid: Vid;
  /** Of the owner who signs the command. */
  readonly ownerEpoch: number;
  readonly purpose: 'grant' | 'hand-over';
  /** The command's nonce. */
  readonly id: string;
};

/** A private key of one scope and epoch. */
export type ScopeKey = {
  readonly scope: KeyScope;
  readonly epoch: number;
  readonly scalar: Uint8Array;
};

/** Scope u8 (its place in `keyScopes`), epoch u16be, scalar. */
const KEY_BYTES = 3 + SCALAR_BYTES;

const INFO = utf8('passport/wrap/1');

/**
 * Seals keys to one reader: HPKE in base mode (RFC 9180), `enc | ciphertext` in base64url, bound to the command
 * that brings them. Throws PassportError `PUBLIC_KEY_INVALID`.
 */
export async function sealKeys(
  reader: PublicKey,
  keys: readonly ScopeKey[],
  context: WrapContext,
  random: RandomBytes,
): Promise<string> {
  const { enc, context: sender } = setupSender(reader, INFO, random);
  const ciphertext = sender.seal(writeKeys(keys), dataOf(context));
  const bytes = new Uint8Array(enc.length + ciphertext.length);
  bytes.set(enc);
  bytes.set(ciphertext, enc.length);
  return base64urlOf(bytes);
}

/**
 * Opens keys that were sealed to a reader, by its private key. Throws PassportError `SEAL_BROKEN` where they
 * were sealed to somebody else, for another command, or changed, and `SEALED_FIELD_INVALID` where they are no keys.
 */
export async function openKeys(
  scalar: Uint8Array,
  wrap: string,
  context: WrapContext,
): Promise<ScopeKey[]> {
  const bytes = bytesOfBase64url(wrap);
  const reader = setupReader(scalar, bytes.subarray(0, ENC_BYTES), INFO);
  const opened = reader?.open(bytes.subarray(ENC_BYTES), dataOf(context));
  if (opened === undefined) {
    throw new PassportError('SEAL_BROKEN', 'the keys do not open with this key, for this command');
  }
  return readKeys(opened);
}

function dataOf({ ledger, vid, ownerEpoch, purpose, id }: WrapContext): Uint8Array<ArrayBuffer> {
  return utf8(canonicalJson({ ledger, vid, ownerEpoch, purpose, id }));
}

function writeKeys(keys: readonly ScopeKey[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(keys.length * KEY_BYTES);
  for (const [index, { scope, epoch, scalar }] of keys.entries()) {
    if (scalar.length !== SCALAR_BYTES) throw new RangeError('a private key has 32 bytes');
    const at = index * KEY_BYTES;
    bytes[at] = keyScopes.indexOf(scope);
    bytes[at + 1] = epoch >> 8;
    bytes[at + 2] = epoch & 0xff;
    bytes.set(scalar, at + 3);
  }
  return bytes;
}

function readKeys(bytes: Uint8Array): ScopeKey[] {
  const keys: ScopeKey[] = [];
  for (let at = 0; at < bytes.length; at += KEY_BYTES) {
    const scope = keyScopes[bytes[at] ?? keyScopes.length];
    if (scope === undefined || at + KEY_BYTES > bytes.length) {
      throw new PassportError('SEALED_FIELD_INVALID', 'what was sealed is no list of keys');
    }
    const scalar = Uint8Array.from(bytes.subarray(at + 3, at + KEY_BYTES));
    const epoch = (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0);
    keys.push({ scope, epoch, scalar });
  }
  return keys;
}
