import { randomBytes } from 'node:crypto';

import { nodeScrypt } from '../wallet/file-wallet-store.ts';
import { scryptCost } from '../wallet/wallet-store.ts';
import { Wallet, type WalletOptions } from '../wallet/wallet.ts';

/** A wallet that lies in memory; scrypt costs next to nothing. `text` tells what a file would have. */
export async function memoryWallet(): Promise<{
  readonly wallet: Wallet;
  readonly options: WalletOptions;
}> {
  let text: string | undefined;
  const options: WalletOptions = {
    store: {
      read: () => Promise.resolve(text),
      replace: (before, next) => {
        const isSame = text === before;
        if (isSame) text = next;
        return Promise.resolve(isSame);
      },
    },
    random: randomBytes,
    stretch: nodeScrypt,
    cost: { ...scryptCost, N: 2 ** 10 },
  };
  return { wallet: await Wallet.create(options, 'a passphrase'), options };
}
