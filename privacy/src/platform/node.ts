import { createCipheriv, createDecipheriv, createECDH, hash, hkdfSync } from 'node:crypto';

import type { Memory } from './memory.ts';

/** What sealing and opening needs of Node; `browser.ts` has the same of a browser. */

const CIPHER = 'aes-256-gcm';

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
  const cipher = createDecipheriv(CIPHER, key, nonce);
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

/** The point of a private key on P-256, uncompressed (SEC 1, section 2.3.3). Throws where it is none. */
export function pointOf(scalar: Uint8Array): Uint8Array {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(scalar);
  return pair.getPublicKey();
}

function bufferOf(memory: Memory): Buffer<ArrayBuffer> {
  return memory as unknown as Buffer<ArrayBuffer>;
}

function memoryOf(buffer: Buffer): Memory {
  return buffer as unknown as Memory;
}
