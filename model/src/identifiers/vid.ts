import { codedText, parse } from '../wire/parse.ts';

declare const vidBrand: unique symbol;

/** A vehicle's pseudonym: 128 random bits, as {@link parseVid} reads them. */
export type Vid = string & { readonly [vidBrand]: true };

/**
 * Base32 (RFC 4648, section 6) in lower case without padding. 26 characters carry 130 bits, so of
 * the last one only the upper three count and the lower two are zero, which leaves eight letters:
 * each vehicle has one spelling.
 */
export const vid = codedText<Vid>('VID_INVALID', /^[a-z2-7]{25}[aeimquy4]$/);

/** Reads a vehicle's pseudonym. Throws PassportError `VID_INVALID`. */
export function parseVid(text: string): Vid {
  return parse(vid, text);
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Spells 16 random bytes as a vehicle's pseudonym. Throws RangeError for any other length. */
export function vidOfBytes(bytes: Uint8Array): Vid {
  if (bytes.length !== 16) throw new RangeError(`a vid has 16 bytes, not ${bytes.length}`);
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  bits <<= 2n;
  let text = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) {
    text += alphabet.charAt(Number((bits >> shift) & 31n));
  }
  return parseVid(text);
}
