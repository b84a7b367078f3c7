import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { syncFile, syncNames, systemCode, writeWhole } from './local-file.ts';
import { byKey, checkKey, RESERVED_PREFIX } from './object-key.ts';
import {
  OBJECT_BYTES_MAX,
  type ObjectContent,
  type ObjectEntry,
  type ObjectStore,
  type PutOptions,
} from './object-store.ts';
import { ObjectStoreError } from './object-store-error.ts';

/** An upload that a crash left behind is removed when it is older, in milliseconds. */
const UPLOAD_AGE_MS_MAX = 24 * 3_600_000;

/** Files whose size is asked for at once. */
const STATS_AT_ONCE = 64;

/** What a folder's store needs. */
export type FolderStoreOptions = {
  /** Where the objects lie, made if need be; each is a file at its key. */
  readonly folder: string;
  readonly now: () => Date;
};

/**
 * Objects in a folder. Several processes of one machine may share it. An object is written beside,
 * synced, and then linked or renamed to its place, so that nobody sees half of it.
 */
export async function openFolderStore(options: FolderStoreOptions): Promise<ObjectStore> {
  const root = resolve(options.folder);
  const uploads = join(root, `${RESERVED_PREFIX}-uploads`);
  await asStoreError(async () => {
    await mkdir(uploads, { recursive: true });
    await removeOldUploads(uploads, options.now().getTime() - UPLOAD_AGE_MS_MAX);
  });
  return new FolderObjectStore(root, uploads);
}

class FolderObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #uploads: string;

  constructor(root: string, uploads: string) {
    this.#root = root;
    this.#uploads = uploads;
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<void> {
    const target = this.localPath(key);
    const upload = join(this.#uploads, randomUUID());
    await asStoreError(async () => {
      try {
        await writeUpload(upload, content);
        await mkdir(dirname(target), { recursive: true });
        if (options.ifAbsent === true) await linkNew(upload, target, key);
        else await rename(upload, target);
        await syncNames(target, this.#root);
      } finally {
        await rm(upload, { force: true });
      }
    });
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.localPath(key);
    return asStoreError(() => unlessMissing(readFile(path)));
  }

  async size(key: string): Promise<number | undefined> {
    const path = this.localPath(key);
    return asStoreError(async () => {
      const found = await unlessMissing(stat(path));
      return found?.isFile() === true ? found.size : undefined;
    });
  }

  async list(prefix: string, after = ''): Promise<ObjectEntry[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    return asStoreError(async () => {
      const keys = (await this.#keysBelow(folder)).filter(
        (key) => key.startsWith(prefix) && key > after && !key.startsWith(RESERVED_PREFIX),
      );
      const entries: ObjectEntry[] = [];
      for (let start = 0; start < keys.length; start += STATS_AT_ONCE) {
        const some = keys.slice(start, start + STATS_AT_ONCE).map((key) => this.#entriesOf(key));
        entries.push(...(await Promise.all(some)).flat());
      }
      return entries.sort(byKey);
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.localPath(key));
    await asStoreError(async () => {
      for (const path of paths) await unlessMissing(rm(path));
    });
  }

  async fetchTo(key: string, path: string): Promise<number | undefined> {
    const source = this.localPath(key);
    return asStoreError(async () => {
      if ((await unlessMissing(stat(source))) === undefined) return undefined;
      return writeWhole(path, async (partial) => {
        await copyFile(source, partial);
        return (await stat(partial)).size;
      });
    });
  }

  localPath(key: string): string {
    checkKey(key);
    return join(this.#root, key);
  }

  async close(): Promise<void> {
    // Nothing is open between calls.
  }

  async #keysBelow(folder: string): Promise<string[]> {
    const path = join(this.#root, folder);
    const reading: Promise<Dirent[]> = readdir(path, { recursive: true, withFileTypes: true });
    const found = (await unlessMissing(reading)) ?? [];
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.#root.length + 1));
  }

  /** One entry; none where the object has gone since it was listed. */
  async #entriesOf(key: string): Promise<ObjectEntry[]> {
    const found = await unlessMissing(stat(join(this.#root, key)));
    if (found === undefined) return [];
    return [{ key, bytes: found.size, modifiedAtMs: Math.floor(found.mtimeMs) }];
  }
}

async function writeUpload(path: string, content: ObjectContent): Promise<void> {
  if (content instanceof Uint8Array) {
    await writeFile(path, content, { flag: 'wx', flush: true });
    return;
  }
  const { size } = await stat(content.file);
  if (size > OBJECT_BYTES_MAX) {
    throw new ObjectStoreError('OBJECT_TOO_LARGE', `${content.file} has ${size} bytes`);
  }
  await copyFile(content.file, path);
  await syncFile(path);
}

/** Makes a complete file appear where none is; rename would replace one. */
async function linkNew(upload: string, target: string, key: string): Promise<void> {
  try {
    await link(upload, target);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new ObjectStoreError('OBJECT_EXISTS', `there is an object ${key}`, error);
  }
}

async function removeOldUploads(uploads: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(uploads)) {
    const path = join(uploads, name);
    const found = await unlessMissing(stat(path));
    if (found !== undefined && found.mtimeMs < beforeMs) await rm(path, { force: true });
  }
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR']);

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (missing.has(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

const refusals = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EXDEV']);

/** What the operating system refuses, such as a full disk, is a failure of the store. */
async function asStoreError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const kind = refusals.has(code) ? 'OBJECT_STORE_REFUSED' : 'OBJECT_STORE_UNAVAILABLE';
    throw new ObjectStoreError(kind, `the folder of objects: ${String(error)}`, error);
  }
}
