import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import {
  generateSigningKey,
  readSigningKey,
  type SigningKey,
  writeSecretFile,
} from '@passport/ledger-client';

/** A key that is kept, and whether this call has made it. */
export type KeptKey = { readonly key: SigningKey; readonly isNew: boolean };

/**
 * The key of a file: a private JWK on P-256 that only its owner can read. It is made where there is none, and is
 * on disk before anybody hears of it; one that is there is never written over. Throws LedgerProfileError for a
 * file that holds something else.
 */
export async function keepKey(file: string): Promise<KeptKey> {
  if (await exists(file)) return { key: await readSigningKey(file), isNew: false };
  const key = await generateSigningKey();
  await mkdir(dirname(file), { recursive: true });
  const jwk = JSON.stringify(key.privateKey.export({ format: 'jwk' }));
  await writeSecretFile(file, `${jwk}\n`);
  return { key, isNew: true };
}

/** Writes the public part of a key, a JWK, for those who have to know it: all of it or nothing. */
export async function writePublicKey(file: string, { publicKey }: SigningKey): Promise<void> {
  const next = `${file}.next`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(next, `${JSON.stringify(publicKey)}\n`);
  await rename(next, file);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    // A file that is there and out of reach must not count as none: a new key would take its place.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
