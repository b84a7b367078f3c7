import { base64urlOf, bytesOfBase64url, parse, parseJson, PassportError } from '@passport/model';
import type { RandomBytes } from '@passport/privacy';
import * as z from 'zod';

import { type BoxKey, boxKeyOf, openBox, sealBox, sealedBox } from './sealed-box.ts';
import { type WalletContent, walletContent } from './wallet-content.ts';
import { type ScryptCost, type StretchPassphrase } from './wallet-store.ts';

/** Bytes of the key of a wallet's file. */
export const FILE_KEY_BYTES = 32;
const SALT_BYTES = 16;

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
    salt: sealedBox.shape.nonce,
  }),
  fileKey: sealedBox,
  content: sealedBox,
});

type Lock = Pick<z.output<typeof walletFile>, 'scrypt' | 'fileKey'>;

/** A wallet that is open: the key of its file, how the passphrase locks that, and what is in it. */
export type OpenFile = {
  readonly key: BoxKey;
  readonly lock: Lock;
  readonly content: WalletContent;
};

/** What locking takes. */
export type LockTools = {
  readonly random: RandomBytes;
  readonly stretch: StretchPassphrase;
  readonly cost: ScryptCost;
};

/** Seals a file key by a passphrase. */
export async function lockFileKey(
  fileKey: Uint8Array<ArrayBuffer>,
  passphrase: string,
  { random, stretch, cost }: LockTools,
): Promise<Lock> {
  const salt = random(SALT_BYTES);
  const key = await boxKeyOf(await stretch(passphrase, salt, cost));
  return {
    scrypt: { ...cost, salt: base64urlOf(salt) },
    fileKey: await sealBox(key, fileKey, 'key', random),
  };
}

/** The file key of a wallet by its passphrase. Throws PassportError `PASSPHRASE_WRONG` and `WALLET_INVALID`. */
export async function unlockFileKey(
  text: string,
  passphrase: string,
  stretch: StretchPassphrase,
): Promise<Uint8Array<ArrayBuffer>> {
  const { scrypt, fileKey: sealed } = readFile(text);
  const { salt, ...cost } = scrypt;
  const key = await boxKeyOf(await stretch(passphrase, bytesOfBase64url(salt), cost));
  const fileKey = await openBox(key, sealed, 'key');
  if (fileKey !== undefined) return fileKey;
  throw new PassportError('PASSPHRASE_WRONG', 'it does not open the key of the file');
}

/** The text of a wallet's file. */
export async function writeWallet(
  { key, lock, content }: OpenFile,
  random: RandomBytes,
): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await sealBox(key, plain, 'content', random);
  const file = { format: 'passport-wallet', v: 1, ...lock, content: sealed };
  return `${JSON.stringify(file)}\n`;
}

/** Opens a wallet by the key of its file; undefined where that is another. Throws PassportError `WALLET_INVALID`. */
export async function openByKey(text: string, key: BoxKey): Promise<OpenFile | undefined> {
  const { scrypt, fileKey, content: sealed } = readFile(text);
  const plain = await openBox(key, sealed, 'content');
  if (plain === undefined) return undefined;
  const content = parseJson(walletContent, new TextDecoder().decode(plain), 'WALLET_INVALID');
  return { key, lock: { scrypt, fileKey }, content };
}

function readFile(text: string): z.output<typeof walletFile> {
  const file: unknown = parseJson(z.unknown(), text, 'WALLET_INVALID');
  return parse(walletFile, file, 'WALLET_INVALID');
}
