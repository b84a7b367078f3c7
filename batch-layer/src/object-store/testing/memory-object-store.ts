import { readFile, writeFile } from 'node:fs/promises';

import { byKey, checkKey } from '../object-key.ts';
import type { ObjectContent, ObjectEntry, ObjectStore, PutOptions } from '../object-store.ts';
import { ObjectStoreError } from '../object-store-error.ts';

type StoredObject = { readonly bytes: Uint8Array; readonly modifiedAtMs: number };

/** What a test lets happen around a call: its delay, and a fault before or after it. */
export type Interference = (
  call: 'put' | 'get' | 'list' | 'delete',
  key: string,
) => Promise<'answered' | 'lost-request' | 'lost-answer'>;

/** The contents of a memory store; several stores may share them, as several processes do. */
export class MemoryObjects {
  readonly objects = new Map<string, StoredObject>();
}

/** An object store in memory, for tests that need thousands of them, or a bad network. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects: Map<string, StoredObject>;
  readonly #interfere: Interference;
  readonly #now: () => Date;

  constructor(
    shared = new MemoryObjects(),
    now: () => Date = () => new Date(),
    interfere: Interference = async () => 'answered',
  ) {
    this.#objects = shared.objects;
    this.#interfere = interfere;
    this.#now = now;
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const source = content instanceof Uint8Array ? content : await readFile(content.file);
    const bytes = Uint8Array.from(source);
    await this.#call('put', key, () => {
      if (options.ifAbsent === true && this.#objects.has(key)) {
        throw new ObjectStoreError('OBJECT_EXISTS', `there is an object ${key}`);
      }
      this.#objects.set(key, { bytes, modifiedAtMs: this.#now().getTime() });
    });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    checkKey(key);
    return this.#call('get', key, () => this.#objects.get(key)?.bytes);
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.get(key))?.byteLength;
  }

  async list(prefix: string, after = ''): Promise<ObjectEntry[]> {
    return this.#call('list', prefix, () =>
      [...this.#objects]
        .filter(([key]) => key.startsWith(prefix) && key > after)
        .map(([key, { bytes, modifiedAtMs }]) => ({ key, bytes: bytes.byteLength, modifiedAtMs }))
        .sort(byKey),
    );
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#call('delete', keys[0] ?? '', () => {
      for (const key of keys) this.#objects.delete(key);
    });
  }

  async fetchTo(key: string, path: string): Promise<number | undefined> {
    const bytes = await this.get(key);
    if (bytes === undefined) return undefined;
    await writeFile(path, bytes);
    return bytes.byteLength;
  }

  localPath(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    // Nothing to close.
  }

  async #call<T>(call: 'put' | 'get' | 'list' | 'delete', key: string, work: () => T): Promise<T> {
    const fate = await this.#interfere(call, key);
    if (fate === 'lost-request') throw lost(key);
    const result = work();
    if (fate === 'lost-answer') throw lost(key);
    return result;
  }
}

function lost(key: string): ObjectStoreError {
  return new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', `no answer at ${key}`);
}
