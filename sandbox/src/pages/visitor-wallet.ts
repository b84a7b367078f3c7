import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { fileWalletStore, nodeScrypt, Wallet } from '@passport/ledger-client';

import type { FeedContext } from '../feed/feed-ledger.ts';
import type { DemoContext } from '../demo/demo-context.ts';
import { readNotable } from '../keep.ts';
import { ownedByCrowd } from '../owners/owned-by-crowd.ts';

/** Opens the wallet that visitors of the sandbox get. The person does not exist, so everybody may know it. */
const PASSPHRASE = 'a car of my own';

/** A wallet for whoever looks at the pages: its file, and what opens it. */
export type VisitorWallet = { readonly file: string; readonly passphrase: string };

/** How visitors come in as that owner. */
export function walletLine({ file, passphrase }: VisitorWallet): string {
  return `  as the owner of a car: bring ${file}, passphrase "${passphrase}"`;
}

/**
 * Gives the made-up owner of a car to whoever looks at the pages, as a wallet's file; the one that is there already
 * stays. Undefined where nobody of the crowd owns one of the cars worth showing.
 */
export async function visitorWallet(
  context: Pick<DemoContext & FeedContext, 'crowd' | 'members' | 'directory' | 'randomBytes'>,
): Promise<VisitorWallet | undefined> {
  const { crowd, directory, randomBytes } = context;
  const file = join(directory, 'owner-wallet.json');
  if (await isThere(file)) return { file, passphrase: PASSPHRASE };
  const { rolledBack, driven, damaged } = await readNotable(directory);
  const vid = await ownedByCrowd(context, [rolledBack, driven, damaged]);
  if (vid === undefined) return undefined;
  const { wallet } = await crowd.ownerOf(vid);
  const options = { store: fileWalletStore(file), random: randomBytes, stretch: nodeScrypt };
  const visitors = await Wallet.create(options, PASSPHRASE);
  await visitors.change(() => wallet.content);
  return { file, passphrase: PASSPHRASE };
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
