import type { BoxKey } from '@passport/ledger-client/wallet';

import { answerOf, inTransaction, readOne } from './database.ts';

/** For how long a wallet stays open: while the tab lives, or on this device until it is locked. */
export type Keeping = 'session' | 'device';

/** A key of a session is good for so long, for a tab that crashed forgets nothing. */
const SESSION_MS = 12 * 60 * 60 * 1000;

/** Name of what tells a tab which of the kept keys is its session's. It is no secret. */
const SESSION = 'passport-session';

type Kept = { readonly key: BoxKey; readonly untilMs: number };

/**
 * Keys of wallets' files that were left in the browser, so that a page that is opened next need not ask for the
 * passphrase. The database keeps them as WebCrypto's own: no program gets their bytes, though the disk has them.
 */
export class KeptKeys {
  readonly #database: IDBDatabase;
  readonly #now: () => Date;

  constructor(database: IDBDatabase, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /** Keeps a key. */
  async keep(key: BoxKey, keeping: Keeping): Promise<void> {
    const name = keeping === 'device' ? 'device' : crypto.randomUUID();
    const untilMs = keeping === 'device' ? Infinity : this.#now().getTime() + SESSION_MS;
    const kept: Kept = { key, untilMs };
    await inTransaction(this.#database, 'kept-keys', (store) => answerOf(store.put(kept, name)));
    if (keeping === 'session') sessionStorage.setItem(SESSION, name);
  }

  /** The key that was kept for this tab, or for the device. */
  async find(): Promise<BoxKey | undefined> {
    for (const name of [sessionStorage.getItem(SESSION), 'device']) {
      const kept = name === null ? undefined : await readOne(this.#database, 'kept-keys', name);
      if (isKept(kept) && kept.untilMs > this.#now().getTime()) return kept.key;
    }
    return undefined;
  }

  /** Forgets all of them, other tabs' too. */
  async forget(): Promise<void> {
    sessionStorage.removeItem(SESSION);
    await inTransaction(this.#database, 'kept-keys', (store) => answerOf(store.clear()));
  }
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    value.key instanceof CryptoKey &&
    'untilMs' in value &&
    typeof value.untilMs === 'number'
  );
}
