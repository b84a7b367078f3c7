/** What a base64url text (RFC 4648, section 5) stands for. It passes over what does not belong there. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> {
  // A copy: what Node makes lies on memory that others share.
  return new Uint8Array(Buffer.from(text, 'base64url'));
}

/** Bytes as base64url, without padding. */
export function base64urlOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** UTF-8 from a byte on, what is none of it replaced (WHATWG Encoding). */
export function textOfUtf8(bytes: Uint8Array, from = 0): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', from);
}
