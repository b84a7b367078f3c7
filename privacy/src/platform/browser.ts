import { gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { base64urlOf as textOf, bytesOfBase64url } from '@passport/model';

import type { KeyPair } from './key-pair.ts';
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

/** HMAC-SHA-256 (FIPS 198-1) of parts, one behind the other. */
export function hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const digest = hmac.create(sha256, key);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** AES-256-GCM of bytes: the tag behind the ciphertext. */
export function sealBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return gcm(key, nonce, data).encrypt(plaintext);
}

/** The bytes that {@link sealBytes} sealed; undefined where a byte is another, or none. */
export function openBytes(
  key: Uint8Array,
  nonce: Uint8Array,
  data: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  try {
    return gcm(key, nonce, data).decrypt(sealed);
  } catch {
    // Why it does not open is nobody's to know.
    return undefined;
  }
}

/** The key pair of a private key on P-256; undefined where the bytes are none. */
export function keyPairOf(scalar: Uint8Array): KeyPair | undefined {
  if (!p256.utils.isValidSecretKey(scalar)) return undefined;
  return {
    point: () => p256.getPublicKey(scalar, false),
    agree: (point) => {
      // The library would take a compressed one.
      if (point.length !== POINT_BYTES) return undefined;
      try {
        return p256.getSharedSecret(scalar, point).subarray(1);
      } catch {
        return undefined;
      }
    },
  };
}

const POINT_BYTES = 65;

/** Waits until all else that the page has to do had its turn. */
export function turn(): Promise<void> {
  return new Promise((goOn) => {
    const { port1, port2 } = new MessageChannel();
    const end = (): void => {
      port1.close();
      goOn();
    };
    port1.addEventListener('message', end, { once: true });
    port1.start();
    port2.postMessage(null);
  });
}
