import { rm } from 'node:fs/promises';

import { z } from 'zod';

import type { Engine } from '../duckdb/engine.ts';
import type { ObjectEntry, ObjectStore } from '../object-store/object-store.ts';
import { isObjectExists } from '../object-store/object-store-error.ts';
import { type Action, parseCommit } from './actions.ts';
import { canonicalJson } from './canonical-json.ts';
import { checkpointScratch, readCheckpointFile, writeCheckpointFile } from './checkpoint-file.ts';
import { DeltaError } from './delta-error.ts';
import {
  checkpointName,
  commitName,
  LAST_CHECKPOINT_NAME,
  LOG_FOLDER,
  type LogName,
  parseLogName,
} from './log-names.ts';
import { type Snapshot, SnapshotBuilder } from './snapshot.ts';

/** Commits that are read at once. */
const COMMITS_AT_ONCE = 16;

/** How often the log is listed anew because something of it was cleaned away meanwhile. */
const LISTINGS_MAX = 3;

/** What a log needs. */
export type DeltaLogOptions = {
  readonly store: ObjectStore;
  /** The key of the table's folder, without a slash at the end. */
  readonly table: string;
  readonly engine: Engine;
  /** A local folder for checkpoints on their way. */
  readonly scratchFolder: string;
  readonly now: () => Date;
};

/** A file of the log. */
export type LogFile = LogName & { readonly entry: ObjectEntry };

/** A snapshot, and where replaying it began. */
export type LoadedSnapshot = {
  readonly snapshot: Snapshot;
  /** Version of the newest checkpoint that was seen; -1 where there was none. */
  readonly checkpoint: number;
};

const lastCheckpointSchema = z.object({ version: z.int().nonnegative() });

/** The log of a Delta table: commits and checkpoints, as objects. */
export class DeltaLog {
  readonly #options: DeltaLogOptions;
  readonly #store: ObjectStore;

  constructor(options: DeltaLogOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** The key of a name relative to the table. */
  key(name: string): string {
    return `${this.#options.table}/${name}`;
  }

  /** The actions of a version's commit; undefined where it is not there, or no longer. */
  async readCommit(version: number): Promise<Action[] | undefined> {
    const key = this.key(commitName(version));
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : parseCommit(bytes, key);
  }

  /**
   * Makes a version of these bytes; false where somebody else made it, or this very call did and
   * did not hear the answer.
   */
  async tryCommit(version: number, bytes: Uint8Array): Promise<boolean> {
    try {
      await this.#store.put(this.key(commitName(version)), bytes, { ifAbsent: true });
      return true;
    } catch (error) {
      if (isObjectExists(error)) return false;
      throw error;
    }
  }

  /** The table at a version, or at the newest. Throws DELTA_TABLE_MISSING, DELTA_VERSION_MISSING. */
  async load(version?: number): Promise<LoadedSnapshot> {
    const hint = await this.#lastCheckpoint();
    if (hint !== undefined && (version === undefined || hint <= version)) {
      const loaded = await this.#loadFrom(hint, version);
      if (loaded !== undefined) return loaded;
    }
    for (let listing = 1; listing <= LISTINGS_MAX; listing += 1) {
      const loaded = await this.#loadFrom(undefined, version);
      if (loaded !== undefined) return loaded;
    }
    throw new DeltaError('DELTA_LOG_INVALID', `commits are missing in ${this.key(LOG_FOLDER)}`);
  }

  /**
   * The table at the newest version: from an older snapshot on, or where there is a checkpoint that is newer than what that one
   * began with, from there, for what has expired is not in it.
   */
  async loadAfter(from: LoadedSnapshot): Promise<LoadedSnapshot> {
    const files = await this.list(commitName(from.snapshot.version));
    if (checkpointVersions(files).some((version) => version > from.checkpoint)) return this.load();
    const newest = Math.max(from.snapshot.version, ...commitVersions(files));
    const snapshot = await this.#replay(from.snapshot, from.snapshot.version, newest);
    if (snapshot === undefined) return this.load();
    return { snapshot, checkpoint: from.checkpoint };
  }

  /** The files of the log that belong to versions, after the name `after`, in order. */
  async list(after?: string): Promise<LogFile[]> {
    const folder = this.key(LOG_FOLDER);
    const start = after === undefined ? after : this.key(after);
    const entries = await this.#store.list(folder, start);
    return entries.flatMap((entry) => {
      const name = parseLogName(entry.key.slice(folder.length));
      return name === undefined ? [] : [{ ...name, entry }];
    });
  }

  /** Writes a checkpoint of a snapshot, and tells readers of it. */
  async writeCheckpoint(snapshot: Snapshot): Promise<void> {
    const { engine, scratchFolder, now } = this.#options;
    const { version } = snapshot;
    const path = checkpointScratch(scratchFolder);
    try {
      const size = await writeCheckpointFile(engine, path, snapshot, now());
      const key = this.key(checkpointName(version));
      // Whoever came first wrote the same table.
      await this.#store.put(key, { file: path }, { ifAbsent: true }).catch((error: unknown) => {
        if (!isObjectExists(error)) throw error;
      });
      if (((await this.#lastCheckpoint()) ?? -1) >= version) return;
      const bytes = await this.#store.size(key);
      const last = { version, size: size.actions, sizeInBytes: bytes, numOfAddFiles: size.files };
      await this.#store.put(this.key(LAST_CHECKPOINT_NAME), Buffer.from(canonicalJson(last)));
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Undefined where there is no hint that can be read; it is only a hint. */
  async #lastCheckpoint(): Promise<number | undefined> {
    const bytes = await this.#store.get(this.key(LAST_CHECKPOINT_NAME));
    if (bytes === undefined) return undefined;
    try {
      return lastCheckpointSchema.parse(JSON.parse(Buffer.from(bytes).toString())).version;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  }

  /**
   * Lists the log from a checkpoint on, or all of it, and replays it. Undefined where something is
   * missing that should be there.
   */
  async #loadFrom(
    hint: number | undefined,
    version: number | undefined,
  ): Promise<LoadedSnapshot | undefined> {
    const before = hint === undefined || hint === 0 ? undefined : commitName(hint - 1);
    const files = await this.list(before);
    const commits = commitVersions(files);
    const checkpoints = checkpointVersions(files);
    const newest = Math.max(-1, ...commits, ...checkpoints);
    if (hint !== undefined && !checkpoints.includes(hint)) return undefined;
    if (newest < 0) {
      throw new DeltaError('DELTA_TABLE_MISSING', `no Delta table at ${this.#options.table}`);
    }
    const wanted = version ?? newest;
    const base = Math.max(-1, ...checkpoints.filter((checkpoint) => checkpoint <= wanted));
    if (wanted > newest || (base < 0 && !commits.includes(0))) {
      throw new DeltaError('DELTA_VERSION_MISSING', `no version ${wanted} (any more)`);
    }
    const start = base < 0 ? undefined : await this.#readCheckpoint(base);
    if (base >= 0 && start === undefined) return undefined;
    const snapshot = await this.#replay(start, base, wanted);
    return snapshot && { snapshot, checkpoint: Math.max(-1, ...checkpoints) };
  }

  /** Commits by number, not as listed: a listing of many pages can miss what came amid it. */
  async #replay(
    from: Snapshot | undefined,
    after: number,
    to: number,
  ): Promise<Snapshot | undefined> {
    if (from !== undefined && after === to) return from;
    const builder = new SnapshotBuilder(from);
    for (let first = after + 1; first <= to; first += COMMITS_AT_ONCE) {
      const count = Math.min(COMMITS_AT_ONCE, to - first + 1);
      const versions = Array.from({ length: count }, (_, index) => first + index);
      const commits = await Promise.all(versions.map((version) => this.readCommit(version)));
      for (const actions of commits) {
        if (actions === undefined) return undefined;
        builder.apply(actions);
      }
    }
    return builder.build(to);
  }

  async #readCheckpoint(version: number): Promise<Snapshot | undefined> {
    const { engine, scratchFolder } = this.#options;
    const key = this.key(checkpointName(version));
    const builder = new SnapshotBuilder();
    const local = this.#store.localPath(key);
    const path = local ?? checkpointScratch(scratchFolder);
    try {
      const bytes =
        local === undefined ? await this.#store.fetchTo(key, path) : await this.#store.size(key);
      if (bytes === undefined) return undefined;
      builder.apply(await readCheckpointFile(engine, path));
    } finally {
      if (local === undefined) await rm(path, { force: true });
    }
    return builder.build(version);
  }
}

function commitVersions(files: readonly LogFile[]): number[] {
  return files.filter(({ kind }) => kind === 'commit').map(({ version }) => version);
}

function checkpointVersions(files: readonly LogFile[]): number[] {
  return files.filter(({ kind }) => kind === 'checkpoint').map(({ version }) => version);
}
