import { base64urlOf, bytesOfBase64url } from '@passport/model';
import type { RandomBytes } from '@passport/privacy';
import * as z from 'zod';

/** Bytes of a nonce of AES-GCM. */
const NONCE_BYTES = 12;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);

/** Something sealed by AES-256-GCM. */
export const sealedBox = z.strictObject({ nonce: base64url, sealed: base64url });

/** {@link sealedBox} */
export type SealedBox = z.output<typeof sealedBox>;

/** A key that seals and opens boxes. WebCrypto has it: no program, this one included, gets its bytes out again. */
export type BoxKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A key of 32 bytes. */
export function boxKeyOf(bytes: Uint8Array): Promise<BoxKey> {
  const usages = ['encrypt', 'decrypt'] as const;
  return crypto.subtle.importKey('raw', Uint8Array.from(bytes), 'AES-GCM', false, [...usages]);
}

/** Seals a part of a wallet. */
export async function sealBox(
  key: BoxKey,
  plain: Uint8Array<ArrayBuffer>,
  part: string,
  random: RandomBytes,
): Promise<SealedBox> {
  const nonce = Uint8Array.from(random(NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: dataOf(part) };
  const sealed = await crypto.subtle.encrypt(algorithm, key, plain);
  return { nonce: base64urlOf(nonce), sealed: base64urlOf(new Uint8Array(sealed)) };
}

/** Opens it; undefined where the key, the part or a byte is another. */
export async function openBox(
  key: BoxKey,
  { nonce, sealed }: SealedBox,
  part: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const iv = bytesOfBase64url(nonce);
  const algorithm = { name: 'AES-GCM', iv, additionalData: dataOf(part) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytesOfBase64url(sealed)));
  } catch {
    // AES-GCM says that it does not open, and no more can be known.
    return undefined;
  }
}

/** Content and key are sealed under keys of their own; that neither passes for the other costs nothing. */
function dataOf(part: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`passport-wallet/1/${part}`);
}
