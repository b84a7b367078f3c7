import { scrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { writeSecretFile } from '../files/secret-file.ts';
import type { StretchPassphrase, WalletStore } from './wallet-store.ts';

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32;

/**
 * A wallet in a file that only its owner can read. A file system has no way to compare and replace at once: of two
 * processes that write in the same moment one is lost. Those that write one after the other lose nothing.
 */
export function fileWalletStore(file: string): WalletStore {
  const read = async (): Promise<string | undefined> => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    read,
    async replace(before, text) {
      if ((await read()) !== before) return false;
      await writeSecretFile(file, text);
      return true;
    },
  };
}

/** scrypt of Node. The passphrase counts in Unicode's composed form, as keyboards spell it differently. */
export const nodeScrypt: StretchPassphrase = (passphrase, salt, { N, r, p }) => {
  // Node refuses what takes more than 32 MiB unless it is told that it may; twice of it leaves room.
  const options = { N, r, p, maxmem: 256 * N * r };
  return new Promise((done, fail) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) done(Uint8Array.from(key));
      else fail(error);
    });
  });
};
