import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The six bits that a character stands for, by its code; 255 for none. Plain base64 is read too, as Node does. */
const bitsOf = new Uint8Array(128).fill(255);
for (const [bits, character] of Array.from(alphabet).entries())
  bitsOf[character.charCodeAt(0)] = bits;
bitsOf['+'.charCodeAt(0)] = 62;
bitsOf['/'.charCodeAt(0)] = 63;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a base64url text (RFC 4648, section 5) stands for. It passes over what does not belong there. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let held = 0;
  let heldBits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x3d) break;
    const bits = code < 128 ? (bitsOf[code] ?? 255) : 255;
    if (bits === 255) continue;
    held = ((held << 6) | bits) & 0xffff;
    heldBits += 6;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes[length] = held >> heldBits;
    length += 1;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** Bytes as base64url, without padding. */
export function base64urlOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    const group = (first << 16) | (second << 8) | third;
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let place = 0; place < characters; place += 1) {
      text += alphabet.charAt((group >> (18 - 6 * place)) & 63);
    }
  }
  return text;
}

/** UTF-8 from a byte on, what is none of it replaced (WHATWG Encoding). */
export function textOfUtf8(bytes: Uint8Array, from = 0): string {
  return decoder.decode(bytes.subarray(from));
}

/** The UTF-8 that a base64url text stands for, from a byte on. */
export function textOfBase64url(text: string, from = 0): string {
  return textOfUtf8(bytesOfBase64url(text), from);
}

/** SHA-256 (FIPS 180-4) of bytes, in hexadecimal digits. A browser's own hash does not answer at once. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
