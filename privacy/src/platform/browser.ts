import { gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { base64urlOf as textOf, bytesOfBase64url } from '@passport/model';

import type { Memory } from './memory.ts';

/**
 * What sealing and opening needs of a browser, as `node.ts` has it of Node. WebCrypto would make `open` wait, and
 * a log book is opened line by line.
 */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** So many bytes, all zero. */
export function newMemory(bytes: number): Memory {
  return new Uint8Array(bytes) as Memory;
}

/** So many bytes, whatever is in them: all of them are written before one is read. */
export function newScratch(bytes: number): Memory {
  return newMemory(bytes);
}

/** Memory as base64url, without padding. */
export function base64urlOf(memory: Memory): string {
  return textOf(memory);
}

/** A part of memory, not copied. */
export function partOf(memory: Memory, from: number, to?: number): Memory {
  return memory.subarray(from, to) as Memory;
}

/** Writes ASCII there; answers how many bytes it is. */
export function writeAscii(text: string, into: Memory, at: number): number {
  return encoder.encodeInto(text, into.subarray(at)).written;
}

/** Decodes base64url into memory, as much as it takes; answers how many bytes that is. */
export function writeBase64url(text: string, into: Memory): number {
  const bytes = bytesOfBase64url(text).subarray(0, into.length);
  into.set(bytes);
  return bytes.length;
}

/** UTF-8 of a part, what is none of it replaced. */
export function utf8Of(memory: Memory, from: number, to: number): string {
  return decoder.decode(memory.subarray(from, to));
}

/** Puts the SHA-512 (FIPS 180-4) of bytes there. */
export function putSha512(of: Uint8Array, into: Memory, at: number): void {
  into.set(sha512(of), at);
}

/** AES-256-GCM (NIST SP 800-38D) of a text; ciphertext and tag. */
export function sealText(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  text: string,
): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array } {
  const sealed = gcm(key, nonce, data).encrypt(encoder.encode(text));
  const end = sealed.length - TAG_BYTES;
  return { ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) };
}

/** The text that {@link sealText} sealed; undefined where a byte is another. */
export function openText(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): string | undefined {
  const sealed = new Uint8Array(ciphertext.length + tag.length);
  sealed.set(ciphertext);
  sealed.set(tag, ciphertext.length);
  try {
    return decoder.decode(gcm(key, nonce, data).decrypt(sealed));
  } catch {
    // Why it does not open is nobody's to know.
    return undefined;
  }
}

const TAG_BYTES = 16;

/** HKDF-SHA256 (RFC 5869) without salt. */
export function hkdfSha256(key: Uint8Array, info: string, bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdf(sha256, key, new Uint8Array(), encoder.encode(info), bytes));
}

/** The point of a private key on P-256, uncompressed (SEC 1, section 2.3.3). Throws where it is none. */
export function pointOf(scalar: Uint8Array): Uint8Array {
  return p256.getPublicKey(scalar, false);
}
