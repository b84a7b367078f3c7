import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeSecretFile } from '@passport/ledger-client';
import type { PersonKey } from '@passport/ledger-client/signing';

import {
  type BuyerJwk,
  BuyerError,
  importBuyerKey,
  type PurseContent,
  type PurseStore,
} from '../buyer/index.ts';

/** A buyer's folder: their key, and what they remember of tabs. Only its owner can read it. */
export class BuyerHome {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get keyFile(): string {
    return join(this.#folder, 'key.jwk');
  }

  /** Keeps a new key. Throws BuyerError `USAGE` where there is one: it may have money. */
  async keepKey(key: BuyerJwk): Promise<void> {
    if (await exists(this.keyFile)) {
      throw new BuyerError(
        'USAGE',
        `${this.keyFile} is there already, and its account may have money`,
      );
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeSecretFile(this.keyFile, `${JSON.stringify(key)}\n`);
  }

  /** The key. Throws BuyerError `USAGE` where there is none. */
  async key(): Promise<PersonKey> {
    const text = await readIfThere(this.keyFile);
    if (text !== undefined) return importBuyerKey(jsonIn(text));
    throw new BuyerError(
      'USAGE',
      `there is no key in ${this.#folder}: make one by "passport keys new"`,
    );
  }

  /** What is remembered between purchases. */
  get store(): PurseStore {
    const file = join(this.#folder, 'purse.json');
    return {
      read: async () => {
        const text = await readIfThere(file);
        return text === undefined ? undefined : jsonIn(text);
      },
      write: async (content: PurseContent) => {
        await mkdir(this.#folder, { recursive: true, mode: 0o700 });
        await writeSecretFile(file, `${JSON.stringify(content, null, 2)}\n`);
      },
    };
  }
}

/** Whether there is something of that name. */
export function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Null of what is no JSON, which no schema takes. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
