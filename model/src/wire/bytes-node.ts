import { hash } from 'node:crypto';

/** What a base64url text (RFC 4648, section 5) stands for. It passes over what does not belong there. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> {
  // A copy: what Node makes lies on memory that others share.
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

/** The UTF-8 that a base64url text stands for, from a byte on: neither bytes nor a copy of them are made. */
export function textOfBase64url(text: string, from = 0): string {
  if (text.length > scratch.length) return textOfUtf8(bytesOfBase64url(text), from);
  return scratch.toString('utf8', from, scratch.write(text, 'base64url'));
}

/** More than the longest field that is sealed, or clear. */
const scratch = Buffer.allocUnsafeSlow(8192);

/** Bytes as base64url, without padding. */
export function base64urlOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** UTF-8 from a byte on, what is none of it replaced (WHATWG Encoding). */
export function textOfUtf8(bytes: Uint8Array, from = 0): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', from);
}

/** SHA-256 (FIPS 180-4) of bytes, in hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}
