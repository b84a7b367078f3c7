import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import {
  fileWalletStore,
  KeyRing,
  nodeScrypt,
  readIdentity,
  readNetworkProfile,
  readSigningKey,
  type RequestSigner,
  type SigningKey,
  Wallet,
} from '@passport/ledger-client';
import type { Vid } from '@passport/model';
import type { RandomBytes } from '@passport/privacy';

import type { OwnerKeys } from './opening-keys.ts';
import { ReadError } from './read-error.ts';
import type { BookKeys } from './read-vehicle.ts';

/** Who reads, in words of the command line. */
export type ReaderWords = {
  /** `member`, `key`, `owner`, or `nobody`, who reads a developer's ledger without a proof. */
  readonly as: string;
  readonly profile?: string | undefined;
  readonly msp?: string | undefined;
  readonly user?: string | undefined;
  readonly signingKey?: string | undefined;
  readonly keyRing?: string | undefined;
  readonly wallet?: string | undefined;
  readonly passphraseFile?: string | undefined;
};

/** Who asks, and with which keys. */
export type Reader = { readonly signer: RequestSigner | undefined; readonly keys: BookKeys };

/** Who reads by words. Throws ReadError `USAGE`, LedgerProfileError, PassportError of the wallet. */
export async function readerOf(words: ReaderWords, vid: Vid, random: RandomBytes): Promise<Reader> {
  switch (words.as) {
    case 'member': {
      const profile = await readNetworkProfile(required(words.profile, '--profile'));
      const signer = await readIdentity(
        profile,
        required(words.msp, '--msp'),
        words.user ?? 'User1',
      );
      return { signer, keys: await ringOf(words) };
    }
    case 'key': {
      const signer = await readSigningKey(required(words.signingKey, '--signing-key'));
      return { signer, keys: await ringOf(words) };
    }
    case 'owner': {
      const { signer, ownerKeys } = await ownerOf(words, vid, random);
      return { signer, keys: { ownerKeys } };
    }
    case 'nobody':
      return { signer: undefined, keys: undefined };
    default:
      throw new ReadError('USAGE', '--as is member, key, owner or nobody');
  }
}

/** An owner by their wallet. Throws as {@link readerOf}. */
export async function ownerOf(
  { wallet: file, passphraseFile }: Pick<ReaderWords, 'wallet' | 'passphraseFile'>,
  vid: Vid,
  random: RandomBytes,
): Promise<{ readonly signer: SigningKey; readonly ownerKeys: OwnerKeys }> {
  const store = fileWalletStore(required(file, '--wallet'));
  const passphrase = await passphraseIn(required(passphraseFile, '--passphrase-file'));
  const wallet = await Wallet.open({ store, random, stretch: nodeScrypt }, passphrase);
  const vehicle = wallet.vehicle(vid);
  const jwk = wallet.signingKey(vehicle.signer);
  const { d: _, ...publicKey } = jwk;
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { signer: { keyId: vehicle.signer, publicKey, privateKey }, ownerKeys: vehicle };
}

async function ringOf({ keyRing }: ReaderWords): Promise<BookKeys> {
  if (keyRing === undefined) return undefined;
  return { readerKeys: await KeyRing.open(keyRing) };
}

/** The first line. A passphrase is no argument: others see those. */
export async function passphraseIn(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return text.split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new ReadError('USAGE', `${file} cannot be read`, { cause: error });
  }
}

function required(value: string | undefined, flag: string): string {
  if (value !== undefined) return value;
  throw new ReadError('USAGE', `${flag} is needed`);
}
