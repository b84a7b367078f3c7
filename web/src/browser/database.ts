/** Name of the database of a browser's wallet, and its stores. */
const NAME = 'passport-wallet';
const VERSION = 1;

/** What each store holds: the wallet's sealed text, and keys that were left to open it with. */
export type StoreName = 'wallet' | 'kept-keys';

/** Opens the database of this origin, made where there is none. Rejects where the browser has no storage for us. */
export function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, VERSION);
  opening.addEventListener('upgradeneeded', () => {
    for (const name of ['wallet', 'kept-keys'] satisfies StoreName[]) {
      opening.result.createObjectStore(name);
    }
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
