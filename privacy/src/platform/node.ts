import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  hash,
  hkdfSync,
} from 'node:crypto';

import type { KeyPair } from './key-pair.ts';
import type { Memory } from './memory.ts';

/** What sealing and opening needs of Node; `browser.ts` has the same of a browser. */

const CIPHER = 'aes-256-gcm';

/** Said to a decipher, it takes no shorter tag; and it is made faster. */
const WHOLE_TAG = { authTagLength: 16 };

/** So many bytes, all zero. */
export function newMemory(bytes: number): Memory {
  return memoryOf(Buffer.alloc(bytes));
}

/** So many bytes, whatever is in them: all of them are written before one is read. */
export function newScratch(bytes: number): Memory {
  return memoryOf(Buffer.allocUnsafe(bytes));
}

/** Memory as base64url, without padding. */
export function base64urlOf(memory: Memory): string {
  return bufferOf(memory).toString('base64url');
}

/** A part of memory, not copied. */
export function partOf(memory: Memory, from: number, to?: number): Memory {
  return memoryOf(bufferOf(memory).subarray(from, to));
}

/** Writes ASCII there; answers how many bytes it is. */
export function writeAscii(text: string, into: Memory, at: number): number {
  return bufferOf(into).write(text, at, 'latin1');
}

/** Decodes base64url into memory, as much as it takes; answers how many bytes that is. */
export function writeBase64url(text: string, into: Memory): number {
  return bufferOf(into).write(text, 'base64url');
}

/** UTF-8 of a part, what is none of it replaced. */
export function utf8Of(memory: Memory, from: number, to: number): string {
  return bufferOf(memory).toString('utf8', from, to);
}

/** Puts the SHA-512 (FIPS 180-4) of bytes there. */
export function putSha512(of: Uint8Array, into: Memory, at: number): void {
  // A digest comes back faster as a text, of a character for each byte, than as a buffer of its own.
  bufferOf(into).write(hash('sha512', of, 'binary'), at, 'latin1');
}

/** AES-256-GCM (NIST SP 800-38D) of a text; ciphertext and tag. */
export function sealText(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  text: string,
): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array } {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(data);
  // The mode is a stream: nothing comes with the end but the tag.
  const ciphertext = cipher.update(text, 'utf8');
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** The text that {@link sealText} sealed; undefined where a byte is another. */
export function openText(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): string | undefined {
  const cipher = createDecipheriv(CIPHER, key, nonce, WHOLE_TAG);
  cipher.setAAD(data);
  cipher.setAuthTag(tag);
  const text = cipher.update(ciphertext);
  try {
    cipher.final();
  } catch {
    return undefined;
  }
  return text.toString('utf8');
}

/** HKDF-SHA256 (RFC 5869) without salt. */
export function hkdfSha256(key: Uint8Array, info: string, bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', key, '', info, bytes));
}

/** HMAC-SHA-256 (FIPS 198-1) of parts, one behind the other. */
export function hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** AES-256-GCM of bytes: the tag behind the ciphertext. */
export function sealBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(data);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The bytes that {@link sealBytes} sealed; undefined where a byte is another, or none. */
export function openBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const cipher = createDecipheriv(CIPHER, key, nonce, WHOLE_TAG);
  cipher.setAAD(data);
  cipher.setAuthTag(sealed.subarray(end));
  const plaintext = cipher.update(sealed.subarray(0, end));
  try {
    // The mode is a stream: nothing comes with the end.
    cipher.final();
  } catch {
    // Why it does not open is nobody's to know.
    return undefined;
  }
  return plaintext;
}

const TAG_BYTES = 16;

/** The key pair of a private key on P-256; undefined where the bytes are none. */
export function keyPairOf(scalar: Uint8Array): KeyPair | undefined {
  // OpenSSL would take a shorter one.
  if (scalar.length !== SCALAR_BYTES) return undefined;
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(scalar);
  } catch {
    // It is zero, or not below the order: OpenSSL says no more.
    return undefined;
  }
  return {
    point: () => pair.getPublicKey(),
    agree: (point) => {
      if (point.length !== POINT_BYTES) return undefined;
      try {
        return pair.computeSecret(point);
      } catch {
        return undefined;
      }
    },
  };
}

const SCALAR_BYTES = 32;
const POINT_BYTES = 65;

/** Waits until all else that the process has to do had its turn. */
export function turn(): Promise<void> {
  return new Promise((goOn) => {
    setImmediate(goOn);
  });
}

function bufferOf(memory: Memory): Buffer<ArrayBuffer> {
  return memory as unknown as Buffer<ArrayBuffer>;
}

function memoryOf(buffer: Buffer): Memory {
  return buffer as unknown as Memory;
}
