import type { WalletStore } from '@passport/ledger-client/wallet';

import { answerOf, inTransaction, readOne } from './database.ts';

const NAME = 'wallet';

/**
 * A wallet in the browser's database, sealed as in a file. Comparing and replacing are one transaction, so that of
 * two tabs that write at once neither loses anything.
 */
export function indexedDbWalletStore(
  database: IDBDatabase,
  onWritten: () => void = () => undefined,
): WalletStore {
  return {
    async read() {
      return textOf(await readOne(database, 'wallet', NAME));
    },
    async replace(before, text) {
      const isWritten = await inTransaction(database, 'wallet', async (store) => {
        const there = textOf(await answerOf(store.get(NAME) as IDBRequest<unknown>));
        if (there !== before) return false;
        store.put(text, NAME);
        return true;
      });
      if (isWritten) onWritten();
      return isWritten;
    },
  };
}

/** Takes the wallet out of this browser. Its copies elsewhere stay. */
export async function removeWallet(database: IDBDatabase): Promise<void> {
  await inTransaction(database, 'wallet', (store) => answerOf(store.delete(NAME)));
}

/** The database is this origin's own, and only texts are ever put there. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
