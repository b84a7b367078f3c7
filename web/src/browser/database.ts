/** The databases of a browser, and their stores. */
const databases = {
  /** A wallet's sealed text, and keys that were left to open it with. */
  'passport-wallet': ['wallet', 'kept-keys'],
  /** Who a professional is, with their key, and the keys that owners seal grants to. */
  'passport-professional': ['professional', 'reader-keys'],
} as const;
const VERSION = 1;

/** Name of a database. */
export type DatabaseName = keyof typeof databases;

/** Name of a store. */
export type StoreName = (typeof databases)[DatabaseName][number];

/** Opens a database of this origin, made where there is none. Rejects where the browser has no storage for us. */
export function openDatabase(name: DatabaseName = 'passport-wallet'): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, VERSION);
  opening.addEventListener('upgradeneeded', () => {
    for (const store of databases[name]) opening.result.createObjectStore(store);
  });
  return answerOf(opening).then((database) => {
    // Another tab with a newer version of these pages waits for nobody.
    database.addEventListener('versionchange', () => database.close());
    return database;
  });
}

/** Reads one thing; undefined where there is none. */
export function readOne(database: IDBDatabase, store: StoreName, name: string): Promise<unknown> {
  return answerOf(database.transaction(store).objectStore(store).get(name) as IDBRequest<unknown>);
}

/**
 * Does something in one transaction, which no other tab's comes between, and waits until it is durable. What `work`
 * answers is of before the end: it may only have asked the store.
 */
export async function inTransaction<Answer>(
  database: IDBDatabase,
  store: StoreName,
  work: (store: IDBObjectStore) => Promise<Answer>,
): Promise<Answer> {
  const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
  const ended = new Promise<void>((done, fail) => {
    transaction.addEventListener('complete', () => done());
    const onFailure = (): void =>
      fail(transaction.error ?? new Error('the browser gave the transaction up'));
    transaction.addEventListener('abort', onFailure);
    transaction.addEventListener('error', onFailure);
  });
  const [answer] = await Promise.all([work(transaction.objectStore(store)), ended]);
  return answer;
}

/** The answer of a request to the database. */
export function answerOf<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((done, fail) => {
    request.addEventListener('success', () => done(request.result));
    request.addEventListener('error', () => fail(request.error ?? new Error('no storage')));
  });
}
