import type { ObjectStore } from '../object-store/object-store.ts';

/** What a store dies of in a test. */
export class Killed extends Error {}

/**
 * A store whose process dies at a put: before it, so that nothing is there, or behind it, so that nobody
 * hears that it is.
 */
export function mortalStore(
  store: ObjectStore,
  death: () => 'before' | 'behind' | undefined,
): ObjectStore {
  return storeWith(store, {
    put: async (key, content, options) => {
      const when = death();
      if (when === 'before') throw new Killed(`before ${key}`);
      await store.put(key, content, options);
      if (when === 'behind') throw new Killed(`behind ${key}`);
    },
  });
}

/** A store of which some methods are others. */
export function storeWith(store: ObjectStore, changed: Partial<ObjectStore>): ObjectStore {
  return {
    put: (key, content, options) => store.put(key, content, options),
    get: (key) => store.get(key),
    size: (key) => store.size(key),
    list: (prefix, after) => store.list(prefix, after),
    delete: (keys) => store.delete(keys),
    fetchTo: (key, path) => store.fetchTo(key, path),
    localPath: (key) => store.localPath(key),
    close: () => store.close(),
    ...changed,
  };
}
