import { parse, parseJson, PassportError } from '@passport/model';
import type { RandomBytes } from '@passport/privacy';
import { z } from 'zod';

import { type WalletContent, walletContent } from './wallet-content.ts';
import { type ScryptCost, type StretchPassphrase } from './wallet-store.ts';

/** Bytes of keys, and of nonces of AES-GCM. */
export const FILE_KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const box = z.strictObject({ nonce: base64url, sealed: base64url });

/**
 * A wallet's file. A random file key seals the content by AES-256-GCM; the file key is sealed by what scrypt
 * makes of the passphrase. The bounds keep a file that somebody has changed from taking all memory.
 */
const walletFile = z.strictObject({
  format: z.literal('passport-wallet'),
  v: z.literal(1),
  scrypt: z.strictObject({
    N: z
      .int()
      .min(2 ** 10)
      .max(2 ** 20),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(4),
    salt: base64url,
  }),
  fileKey: box,
  content: box,
});

type Box = z.output<typeof box>;
type Lock = Pick<z.output<typeof walletFile>, 'scrypt' | 'fileKey'>;

/** A wallet that is open: the key of its file, how the passphrase locks that, and what is in it. */
export type OpenFile = {
  readonly fileKey: Uint8Array<ArrayBuffer>;
  readonly lock: Lock;
  readonly content: WalletContent;
};

/** Seals a file key by a passphrase. */
export async function lockFileKey(
  fileKey: Uint8Array<ArrayBuffer>,
  passphrase: string,
  { random, stretch, cost }: LockTools,
): Promise<Lock> {
  const salt = random(SALT_BYTES);
  const key = await stretch(passphrase, salt, cost);
  return {
    scrypt: { ...cost, salt: textOf(salt) },
    fileKey: await sealBox(key, fileKey, 'key', random),
  };
}

/** What locking takes. */
export type LockTools = {
  readonly random: RandomBytes;
  readonly stretch: StretchPassphrase;
  readonly cost: ScryptCost;
};

/** The text of a wallet's file. */
export async function writeWallet(
  { fileKey, lock, content }: OpenFile,
  random: RandomBytes,
): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await sealBox(fileKey, plain, 'content', random);
  const file = { format: 'passport-wallet', v: 1, ...lock, content: sealed };
  return `${JSON.stringify(file)}\n`;
}

/** Opens a wallet by its passphrase. Throws PassportError `PASSPHRASE_WRONG` and `WALLET_INVALID`. */
export async function openByPassphrase(
  text: string,
  passphrase: string,
  stretch: StretchPassphrase,
): Promise<OpenFile> {
  const { scrypt: lock, fileKey: sealedKey } = readFile(text);
  const { salt, ...cost } = lock;
  const key = await stretch(passphrase, bytesOf(salt), cost);
  const fileKey = await openBox(key, sealedKey, 'key');
  if (fileKey === undefined) {
    throw new PassportError('PASSPHRASE_WRONG', 'it does not open the key of the file');
  }
  const opened = await openByFileKey(text, fileKey);
  if (opened !== undefined) return opened;
  throw new PassportError('WALLET_INVALID', 'its content was changed');
}

/** Opens a wallet by the key of its file; undefined where that is another. Throws PassportError `WALLET_INVALID`. */
export async function openByFileKey(
  text: string,
  fileKey: Uint8Array<ArrayBuffer>,
): Promise<OpenFile | undefined> {
  const { scrypt, fileKey: sealedKey, content: sealed } = readFile(text);
  const plain = await openBox(fileKey, sealed, 'content');
  if (plain === undefined) return undefined;
  const content = parseJson(walletContent, new TextDecoder().decode(plain), 'WALLET_INVALID');
  return { fileKey, lock: { scrypt, fileKey: sealedKey }, content };
}

function readFile(text: string): z.output<typeof walletFile> {
  const file: unknown = parseJson(z.unknown(), text, 'WALLET_INVALID');
  return parse(walletFile, file, 'WALLET_INVALID');
}

async function sealBox(
  key: Uint8Array,
  plain: Uint8Array<ArrayBuffer>,
  part: string,
  random: RandomBytes,
): Promise<Box> {
  const nonce = Uint8Array.from(random(NONCE_BYTES));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: dataOf(part) };
  const sealed = await crypto.subtle.encrypt(algorithm, await aesKey(key), plain);
  return { nonce: textOf(nonce), sealed: textOf(new Uint8Array(sealed)) };
}

async function openBox(
  key: Uint8Array,
  { nonce, sealed }: Box,
  part: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const algorithm = { name: 'AES-GCM', iv: bytesOf(nonce), additionalData: dataOf(part) };
  const imported = await aesKey(key);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, bytesOf(sealed)));
  } catch {
    // AES-GCM says that it does not open, and no more can be known.
    return undefined;
  }
}

function aesKey(key: Uint8Array) {
  return crypto.subtle.importKey('raw', Uint8Array.from(key), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

/** Content and key are sealed under keys of their own; that neither passes for the other costs nothing. */
function dataOf(part: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`passport-wallet/1/${part}`);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
