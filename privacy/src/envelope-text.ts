import type { SealedField } from '@passport/model';

/** Six bits for each code unit: base64url (RFC 4648, section 5), and the two letters that base64 has for its last. */
const sixBits = new Uint8Array(128);
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
for (let value = 0; value < letters.length; value += 1) sixBits[letters.charCodeAt(value)] = value;
sixBits['+'.charCodeAt(0)] = 62;
sixBits['/'.charCodeAt(0)] = 63;

/** Header and `enc` are the first 71 bytes: so many characters hold all but their last four bits. */
export const ENC_CHARACTERS = 94;

function bitsAt(field: SealedField, index: number): number {
  return sixBits[field.charCodeAt(index)] ?? 0;
}

/**
 * The epoch that an envelope's header names, nothing of it decoded; 0 where it is too short for one. It is right
 * where all characters are of base64url: of others an envelope's reader says what is wrong.
 */
export function epochIn(field: SealedField): number {
  if (field.length < 8) return 0;
  // The epoch is the bits from 16 to 47, and six are in a character.
  let epoch = bitsAt(field, 2) % 4;
  for (let index = 3; index < 8; index += 1) epoch = epoch * 64 + bitsAt(field, index);
  return epoch;
}

/** The last four bits of `enc`: {@link ENC_CHARACTERS} have the others. */
export function encEndIn(field: SealedField): number {
  return bitsAt(field, ENC_CHARACTERS) >> 2;
}
