import { randomBytes } from 'node:crypto';

import { fileWalletStore, nodeScrypt, Wallet } from '@passport/ledger-client';
import type { PersonKey } from '@passport/ledger-client/signing';
import type { Command } from 'commander';

import { BuyerError, importBuyerKey } from '../buyer/index.ts';
import { passphraseIn } from '../read/reader.ts';
import type { BuyerHome } from './home.ts';

/** Who earns, in words of the command line. */
export type EarnerWords = {
  readonly wallet?: string | undefined;
  readonly passphraseFile?: string | undefined;
};

/** Adds the options by which an owner brings their wallet. */
export function withWallet(command: Command): Command {
  return command
    .option('--wallet <file>', "a car owner's; without it, the key of your folder")
    .option('--passphrase-file <file>', "the wallet's passphrase, its first line");
}

/** The key that earns: that of a wallet's cars, or of the folder. Throws BuyerError `USAGE`, ReadError. */
export async function earnerKey(
  { wallet: file, passphraseFile }: EarnerWords,
  home: BuyerHome,
): Promise<PersonKey> {
  if (file === undefined) return home.key();
  if (passphraseFile === undefined) {
    throw new BuyerError('USAGE', '--wallet and --passphrase-file come together');
  }
  const options = { store: fileWalletStore(file), random: randomBytes, stretch: nodeScrypt };
  const wallet = await Wallet.open(options, await passphraseIn(passphraseFile));
  const [signing] = wallet.content.signingKeys;
  if (signing !== undefined) return importBuyerKey(signing.key);
  throw new BuyerError('USAGE', 'the wallet has no key yet');
}
