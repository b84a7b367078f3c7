import { constants, fstatSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { syncFolder } from '@passport/runtime';

/** What a journal needs of a disk. Each call has happened, and lasts, when it resolves. */
export interface JournalDisk {
  /** Names of the files. */
  list(): Promise<readonly string[]>;
  /** All of a file; undefined where there is none. */
  read(name: string): Promise<Buffer | undefined>;
  /** Writes behind the first `at` bytes of a file, which has nothing but zeros there; at 0 it is a new one. */
  append(name: string, at: number, bytes: Uint8Array): Promise<void>;
  /** Leaves the first bytes of a file. */
  cut(name: string, length: number): Promise<void>;
  /** Puts a file in the place of another one: the old or the new one is there at any time, whole. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Only its owner reads who read what. */
const MODE = 0o600;
const ASIDE = '.new';
/**
 * Of a file that is opened so, each write is on the disk when it returns, as if fdatasync came behind it
 * (open(2)): one call in place of two. Elsewhere the flag means less than what Node does for fdatasync.
 */
const WRITTEN_THROUGH = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** Files in a folder of their own, which one process uses. */
export class FolderDisk implements JournalDisk {
  readonly #folder: string;
  /** The file that was appended to last, open. */
  #open: { readonly name: string; readonly handle: FileHandle } | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the folder, or makes it. */
  static async open(folder: string): Promise<FolderDisk> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new FolderDisk(folder);
  }

  async list(): Promise<readonly string[]> {
    const names = await readdir(this.#folder);
    return names.filter((name) => !name.endsWith(ASIDE));
  }

  async read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#folder, name));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async append(name: string, at: number, bytes: Uint8Array): Promise<void> {
    const isNew = at === 0;
    // The file that is open is written to at once: whoever goes on meanwhile does so beside the disk.
    let handle = this.#open?.name === name && !isNew ? this.#open.handle : undefined;
    handle ??= await this.#reopen(name, isNew ? constants.O_CREAT | constants.O_EXCL : 0);
    // What is open is in memory: this waits for nothing, a thread to ask it would.
    const isEnd = endsAt(handle.fd, at);
    if (!isEnd) throw new Error(`${name} does not end at ${at}: who else writes it?`);
    await writeAll(handle, bytes, at);
    if (WRITTEN_THROUGH === 0) await handle.datasync();
    if (isNew) await syncFolder(this.#folder);
  }

  async cut(name: string, length: number): Promise<void> {
    const handle = await this.#handleOf(name);
    await handle.truncate(length);
    await handle.sync();
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    const aside = join(this.#folder, `${name}${ASIDE}`);
    const handle = await open(aside, 'w', MODE);
    try {
      await writeAll(handle, bytes, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, join(this.#folder, name));
    await syncFolder(this.#folder);
  }

  async remove(name: string): Promise<void> {
    if (this.#open?.name === name) await this.close();
    await rm(join(this.#folder, name), { force: true });
    await syncFolder(this.#folder);
  }

  async close(): Promise<void> {
    const { handle } = this.#open ?? {};
    this.#open = undefined;
    await handle?.close();
  }

  async #handleOf(name: string): Promise<FileHandle> {
    return this.#open?.name === name ? this.#open.handle : this.#reopen(name, 0);
  }

  async #reopen(name: string, flags: number): Promise<FileHandle> {
    await this.close();
    const all = constants.O_RDWR | WRITTEN_THROUGH | flags;
    const handle = await open(join(this.#folder, name), all, MODE);
    this.#open = { name, handle };
    return handle;
  }
}

const next = new Uint8Array(1);

/** Whether a file has so many bytes, and then zeros at most. */
function endsAt(fd: number, at: number): boolean {
  if (readSync(fd, next, 0, 1, at) === 0) return fstatSync(fd).size === at;
  return next[0] === 0;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.subarray(written);
    written += (await handle.write(rest, 0, rest.length, at + written)).bytesWritten;
  }
}
