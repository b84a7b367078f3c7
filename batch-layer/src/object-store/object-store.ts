/** What is stored: bytes, or the path of a local file, which is streamed. */
export type ObjectContent = Uint8Array | { readonly file: string };

/** One object of a listing. */
export type ObjectEntry = {
  readonly key: string;
  readonly bytes: number;
  /** When it was stored, by the store's own clock, in milliseconds since the epoch. */
  readonly modifiedAtMs: number;
};

/** The largest object that {@link ObjectStore.put} takes: what S3 takes in one request. */
export const OBJECT_BYTES_MAX = 5 * 1024 ** 3;

/**
 * Objects by key: a folder on one machine, S3 in production. An object is there as a whole or not
 * at all; what was answered survives a crash. See object-key.ts for the keys.
 *
 * Every call can throw OBJECT_STORE_UNAVAILABLE (same-id: it may have happened; the adapter has
 * already tried again) and OBJECT_STORE_REFUSED (never).
 */
export type ObjectStore = {
  /**
   * Stores an object, in place of one that may be there. With `ifAbsent` throws OBJECT_EXISTS
   * where there is one; after a lost answer that can be the object of this very call, see
   * {@link putOnce}.
   */
  put(key: string, content: ObjectContent, options?: PutOptions): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** The size in bytes; undefined where there is no such object. */
  size(key: string): Promise<number | undefined>;
  /** The objects whose key starts with `prefix`, and comes after `after`, sorted by key. */
  list(prefix: string, after?: string): Promise<ObjectEntry[]>;
  /** Deletes objects; one that is not there is no failure. Some may be gone if it throws. */
  delete(keys: readonly string[]): Promise<void>;
  /**
   * Writes an object to a local file, which appears only when it is complete, and answers its size
   * in bytes; undefined, and no file, where there is no such object.
   */
  fetchTo(key: string, path: string): Promise<number | undefined>;
  /** The object's own file where the store is a local folder, so that nobody copies it. */
  localPath(key: string): string | undefined;
  close(): Promise<void>;
};

/** How {@link ObjectStore.put} treats an object that is there. */
export type PutOptions = { readonly ifAbsent?: boolean };
