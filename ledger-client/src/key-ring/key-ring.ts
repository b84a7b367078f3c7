import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type Instant,
  instant,
  keyId,
  type KeyId,
  parse,
  parseJson,
  PassportError,
  publicKey,
  type PublicKey,
  vid as vidSchema,
  type Vid,
} from '@passport/model';
import * as z from 'zod';

import {
  appendLine,
  overwriteFile,
  removeFile,
  syncFolder,
  UNFINISHED,
  writeSecretFile,
} from '../files/secret-file.ts';
import { keyIdOf } from '../signing/key-id.ts';

/** A reader's key pair for one vehicle: owners seal keys to it. */
export type ReaderKey = {
  /** Thumbprint of the public key, by which wraps name it. */
  readonly keyId: KeyId;
  readonly vid: Vid;
  readonly publicKey: PublicKey;
  /** The private key: 32 bytes. */
  readonly scalar: Uint8Array;
};

const KEY_SUFFIX = '.key.json';
const DYING_SUFFIX = '.destroyed';
const JOURNAL = 'destroyed.jsonl';

const keyFile = z.strictObject({
  v: z.literal(1),
  vid: vidSchema,
  key: publicKey.extend({ d: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
});

const destruction = z.strictObject({ keyId, vid: vidSchema, destroyedAt: instant });

/** A line of the journal: a key that this ring had, and has no more. */
export type Destruction = z.output<typeof destruction>;

/**
 * Reader keys in a folder, a file for each, that only its owner can read. They are random and never derived, so
 * that a key which is destroyed is gone: nothing else opens what was sealed to it. One process destroys keys in a folder.
 */
export class KeyRing {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a folder, or makes it; ends what a crash has left half done, the destruction of a key first. */
  static async open(folder: string): Promise<KeyRing> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const ring = new KeyRing(folder);
    for (const name of await readdir(folder)) {
      if (name.endsWith(UNFINISHED)) await ring.#discard(join(folder, name));
    }
    await ring.#finishDestructions();
    return ring;
  }

  /**
   * What another process of the same member finds keys by, and makes them, while the one whose folder it is destroys
   * them: it keeps no key. One that was half made when the other process started is not made; ask again.
   */
  static reader(folder: string): Pick<KeyRing, 'find' | 'make'> {
    return new KeyRing(folder);
  }

  /**
   * Makes a key for a vehicle, another one each time: one goes to one owner, and the ledger refuses it of the
   * next. It is on disk before anybody can seal to it.
   */
  async make(vid: Vid): Promise<ReaderKey> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = readerKeyOf(vid, privateKey.export({ format: 'jwk' }));
    const id = await keyIdOf(key.publicKey);
    const jwk = { ...key.publicKey, d: Buffer.from(key.scalar).toString('base64url') };
    await writeSecretFile(this.#file(id), `${JSON.stringify({ v: 1, vid, key: jwk })}\n`);
    return { keyId: id, ...key };
  }

  /** The key of a thumbprint; undefined where it was never made here, or was destroyed. */
  async find(id: KeyId): Promise<ReaderKey | undefined> {
    const text = await readExisting(this.#file(id));
    if (text === undefined) return undefined;
    const { vid, key } = parseJson(keyFile, text, 'READER_KEY_UNKNOWN');
    return { keyId: id, ...readerKeyOf(vid, key) };
  }

  /** As {@link find}. Throws PassportError `READER_KEY_UNKNOWN`. */
  async require(id: KeyId): Promise<ReaderKey> {
    const key = await this.find(id);
    if (key !== undefined) return key;
    throw new PassportError('READER_KEY_UNKNOWN', `no key ${id} is here`);
  }

  /** All keys, or those for one vehicle, by thumbprint. Reads every file. */
  async list(vid?: Vid): Promise<ReaderKey[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(KEY_SUFFIX));
    const keys: ReaderKey[] = [];
    for (const name of names.sort()) {
      const key = await this.require(parse(keyId, name.slice(0, -KEY_SUFFIX.length)));
      if (vid === undefined || key.vid === vid) keys.push(key);
    }
    return keys;
  }

  /**
   * Destroys keys: overwrites their files, takes them away, and writes it down. Those that are not here are left
   * out. Answers what was destroyed by this call. What a disk keeps of blocks that it has remapped, and backups
   * of the folder, are out of reach.
   */
  async destroy(ids: readonly KeyId[], destroyedAt: Instant): Promise<Destruction[]> {
    const done: Destruction[] = [];
    for (const id of ids) {
      const key = await this.find(id);
      if (key === undefined) continue;
      // From here on it is a key no more, and a crash only delays the rest.
      const name = [id, key.vid, Date.parse(destroyedAt)].join(' ');
      const dying = join(this.#folder, `${name}${DYING_SUFFIX}`);
      await rename(this.#file(id), dying);
      await syncFolder(dying);
      const line = { keyId: id, vid: key.vid, destroyedAt };
      done.push(await this.#finish(dying, line, false));
    }
    return done;
  }

  /** The journal: every key that was destroyed here, in order. */
  destroyed(): Promise<Destruction[]> {
    return readJournal(this.#folder);
  }

  get #journal(): string {
    return join(this.#folder, JOURNAL);
  }

  #file(id: KeyId): string {
    return join(this.#folder, `${id}${KEY_SUFFIX}`);
  }

  async #finishDestructions(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(DYING_SUFFIX));
    if (names.length === 0) return;
    const journal = await this.destroyed();
    await writeSecretFile(
      this.#journal,
      journal.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    for (const name of names) {
      const [id = '', of = '', ms = ''] = name.slice(0, -DYING_SUFFIX.length).split(' ');
      const destroyedAt = new Date(Number(ms)).toISOString();
      const line = parse(destruction, { keyId: id, vid: of, destroyedAt });
      const isWritten = journal.some((known) => known.keyId === line.keyId);
      await this.#finish(join(this.#folder, name), line, isWritten);
    }
  }

  async #finish(dying: string, line: Destruction, isWritten: boolean): Promise<Destruction> {
    await overwriteFile(dying);
    if (!isWritten) await appendLine(this.#journal, JSON.stringify(line));
    await removeFile(dying);
    return line;
  }

  async #discard(file: string): Promise<void> {
    await overwriteFile(file);
    await removeFile(file);
  }
}

function readerKeyOf(vid: Vid, jwk: object): Omit<ReaderKey, 'keyId'> {
  const { d, ...key } = parse(keyFile.shape.key, jwk);
  return { vid, publicKey: key, scalar: Uint8Array.from(Buffer.from(d, 'base64url')) };
}

async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readJournal(folder: string): Promise<Destruction[]> {
  const text = (await readExisting(join(folder, JOURNAL))) ?? '';
  // A last line without its end was never finished, and is written again.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => parseJson(destruction, line, 'READER_KEY_UNKNOWN'));
}

/** What a ring says of some keys. */
export type RingWitness = {
  /** Those that it had and destroyed. */
  readonly destroyed: readonly Destruction[];
  /** Those that are still there, or not gone from the disk yet. */
  readonly alive: readonly KeyId[];
};

/** Looks at some keys in a folder that another process uses, and changes nothing there. */
export async function witnessRing(folder: string, ids: readonly KeyId[]): Promise<RingWitness> {
  const names = await readdir(folder);
  // The journal has a key before its file is gone: both are looked at.
  const alive = ids.filter((id) => names.some((name) => name.startsWith(id)));
  const wanted = new Set(ids);
  const destroyed = (await readJournal(folder)).filter(({ keyId: id }) => wanted.has(id));
  return { destroyed, alive };
}
