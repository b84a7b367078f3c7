import { commitIdOf, writeCommit } from './actions.ts';
import { actionsOf, checkRequest, type CommitRequest, obstacleTo } from './commit-request.ts';
import { DeltaError } from './delta-error.ts';
import { DeltaLog, type DeltaLogOptions, type LoadedSnapshot } from './delta-log.ts';
import type { TableSchema } from './delta-schema.ts';
import { cleanLog } from './clean-log.ts';
import { forgetBefore, type ForgottenHistory, type StoredFile } from './forget-history.ts';
import { PROTOCOL } from './protocol.ts';
import { schemaString } from './schema-string.ts';
import type { Snapshot } from './snapshot.ts';
import { vacuum } from './vacuum.ts';

/** How often a commit tries the next version after others won. */
const COMMIT_ATTEMPTS_MAX = 64;

/** How many versions back a repeated commit is looked for. */
const COMMIT_SEARCH_MAX = 256;

/** Data files whose presence is checked at once. */
const CHECKS_AT_ONCE = 16;

/** Commits between checkpoints unless the options say otherwise. */
const CHECKPOINT_INTERVAL = 10;

/** What a table needs. */
export type DeltaTableOptions = DeltaLogOptions & {
  /** Commits between two checkpoints. */
  readonly checkpointInterval?: number;
  /**
   * Told when a checkpoint could not be written. The commit before it stands; a later one tries
   * again.
   */
  readonly onCheckpointFailure: (error: unknown, version: number) => void;
};

/** A table that does not exist yet. */
export type NewTable = {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
  readonly schema: TableSchema;
  readonly partitionColumns: readonly string[];
  /** Table properties, such as `delta.deletedFileRetentionDuration`. */
  readonly properties: Readonly<Record<string, string>>;
};

/**
 * What became of a commit: `committed` by this call or by an earlier one with the same id, or
 * `already`, where another one had brought its `txn` as far, and none of its files is in the table.
 */
export type CommitOutcome = {
  readonly status: 'committed' | 'already';
  /** The version that the commit made; of `already`, the newest version. */
  readonly version: number;
};

/** A Delta table of protocol 1/2 (github.com/delta-io/delta, PROTOCOL.md). Several may write it. */
export class DeltaTable {
  readonly #options: DeltaTableOptions;
  readonly #log: DeltaLog;
  readonly #schemaString: string;
  #latest: LoadedSnapshot;

  private constructor(options: DeltaTableOptions, log: DeltaLog, latest: LoadedSnapshot) {
    this.#options = options;
    this.#log = log;
    this.#latest = latest;
    this.#schemaString = latest.snapshot.metadata.schemaString;
  }

  /** Opens a table. Throws DELTA_TABLE_MISSING. */
  static async open(options: DeltaTableOptions): Promise<DeltaTable> {
    const log = new DeltaLog(options);
    return new DeltaTable(options, log, await log.load());
  }

  /**
   * Creates a table, or opens the one that is there if it has the same columns and partitions; else
   * throws DELTA_TABLE_EXISTS.
   */
  static async create(options: DeltaTableOptions, table: NewTable): Promise<DeltaTable> {
    const log = new DeltaLog(options);
    const { schema, partitionColumns } = table;
    const names = new Set(schema.map(({ name }) => name));
    const unknown = partitionColumns.find((name) => !names.has(name));
    if (unknown !== undefined) throw new TypeError(`no column ${unknown} to partition by`);
    const metaData = {
      id: table.id,
      name: table.name,
      format: { provider: 'parquet', options: {} },
      schemaString: schemaString(schema),
      partitionColumns,
      configuration: table.properties,
      createdTime: options.now().getTime(),
    };
    // Version 0 may have been cleaned away: look at the table first.
    let latest = await newestOf(log);
    if (latest === undefined) {
      const info = {
        timestamp: metaData.createdTime,
        operation: 'CREATE TABLE',
        operationParameters: {},
        isBlindAppend: true,
        txnId: table.id,
      };
      const actions = [{ commitInfo: info }, { protocol: PROTOCOL }, { metaData }];
      await log.tryCommit(0, writeCommit(actions));
      latest = await log.load();
    }
    const { metadata } = latest.snapshot;
    const isSame =
      metadata.schemaString === metaData.schemaString &&
      metadata.partitionColumns.join() === partitionColumns.join();
    if (isSame) return new DeltaTable(options, log, latest);
    throw new DeltaError('DELTA_TABLE_EXISTS', `another table is at ${options.table}`);
  }

  /** Its folder in the store. */
  get name(): string {
    return this.#options.table;
  }

  /** The table at a version, else at the newest. Throws DELTA_VERSION_MISSING. */
  async readSnapshot(version?: number): Promise<Snapshot> {
    if (version === undefined) return this.#refresh();
    if (version > this.#latest.snapshot.version) await this.#refresh();
    if (version === this.#latest.snapshot.version) return this.#latest.snapshot;
    return (await this.#log.load(version)).snapshot;
  }

  /**
   * Commits. Safe to repeat with the same request after every error of class `same-id`: a commit id
   * takes effect once. Throws DELTA_CONFLICT where a file to be removed is no longer there or one to
   * be added was there before, DELTA_FILE_MISSING, DELTA_CONTENTION, DELTA_APPEND_ONLY.
   */
  async commit(request: CommitRequest): Promise<CommitOutcome> {
    checkRequest(request);
    await this.#checkStored(request);
    for (let attempt = 1; attempt <= COMMIT_ATTEMPTS_MAX; attempt += 1) {
      const base = await this.#refresh();
      const obstacle = obstacleTo(request, base);
      if (obstacle !== undefined) return this.#committedBefore(request, base, obstacle);
      this.#checkSchema(base);
      const version = base.version + 1;
      const bytes = writeCommit(actionsOf(request, base, this.#options.now()));
      if (await this.#isOurs(version, bytes, request.commitId)) {
        await this.#checkpointIfDue();
        return { status: 'committed', version };
      }
    }
    throw new DeltaError('DELTA_CONTENTION', `${COMMIT_ATTEMPTS_MAX} other commits were faster`);
  }

  /** Writes a checkpoint of the newest version. */
  async checkpoint(): Promise<void> {
    const snapshot = await this.#refresh();
    await this.#log.writeCheckpoint(snapshot);
    // What has expired is not in it, and not in memory from now on.
    this.#keep(await this.#log.load());
  }

  /**
   * Deletes data files that no version of the last `retentionMs` milliseconds has, and those that
   * were stored longer ago and never committed. Answers their paths. Throws DELTA_RETENTION where
   * the log may not remember removals for that long.
   */
  async vacuum(retentionMs: number, now: Date): Promise<string[]> {
    const { store, table } = this.#options;
    return vacuum({ store, table, readSnapshot: () => this.#refresh() }, retentionMs, now);
  }

  /**
   * Deletes commits and checkpoints that only versions older than `retentionMs` milliseconds need.
   * Answers the oldest version that can still be read.
   */
  async cleanLog(retentionMs: number, now: Date): Promise<number> {
    return cleanLog(this.#log, this.#options.store, retentionMs, now);
  }

  /**
   * Makes a version the oldest that there is, at once: deletes the data files that were removed up to it, those that
   * nobody has committed as far as `isStray` says so, and the log before it. Versions before it cannot be
   * read any more, and whoever reads one fails. Repeat it after an error. Throws DELTA_VERSION_MISSING.
   */
  async forgetBefore(
    version: number,
    isStray: (file: StoredFile) => boolean,
  ): Promise<ForgottenHistory> {
    const { store, table } = this.#options;
    return forgetBefore(this.#log, { store, table }, version, isStray);
  }

  async #refresh(): Promise<Snapshot> {
    this.#keep(await this.#log.loadAfter(this.#latest));
    return this.#latest.snapshot;
  }

  /** Another call may have come further meanwhile. */
  #keep(loaded: LoadedSnapshot): void {
    if (loaded.snapshot.version >= this.#latest.snapshot.version) this.#latest = loaded;
  }

  /** Whether the version is ours now, even if another attempt of ours made it. */
  async #isOurs(version: number, bytes: Uint8Array, commitId: string): Promise<boolean> {
    if (await this.#log.tryCommit(version, bytes)) return true;
    const winner = await this.#log.readCommit(version);
    return winner !== undefined && commitIdOf(winner) === commitId;
  }

  /** An earlier call, whose answer was lost, can itself be what stands in the way. */
  async #committedBefore(
    { commitId, adds = [] }: CommitRequest,
    base: Snapshot,
    obstacle: 'already' | DeltaError,
  ): Promise<CommitOutcome> {
    // Paths are used once: none of ours has been there, so this commit has not been either.
    const isNew = adds.every(({ path }) => !base.files.has(path) && !base.tombstones.has(path));
    const own = isNew && adds.length > 0 ? undefined : await this.#findCommit(commitId, base);
    if (own !== undefined) return { status: 'committed', version: own };
    if (obstacle === 'already') return { status: 'already', version: base.version };
    throw obstacle;
  }

  async #findCommit(commitId: string, { version: newest }: Snapshot): Promise<number | undefined> {
    const oldest = Math.max(0, newest - COMMIT_SEARCH_MAX + 1);
    for (let version = newest; version >= oldest; version -= 1) {
      const actions = await this.#log.readCommit(version);
      if (actions === undefined) return undefined;
      if (commitIdOf(actions) === commitId) return version;
    }
    return undefined;
  }

  #checkSchema({ metadata }: Snapshot): void {
    if (metadata.schemaString === this.#schemaString) return;
    throw new DeltaError('DELTA_CONFLICT', 'the schema has changed: open the table anew');
  }

  async #checkStored({ adds = [] }: CommitRequest): Promise<void> {
    const { store } = this.#options;
    for (let start = 0; start < adds.length; start += CHECKS_AT_ONCE) {
      const some = adds.slice(start, start + CHECKS_AT_ONCE);
      const sizes = await Promise.all(some.map(({ path }) => store.size(this.#log.key(path))));
      const bad = some.find((file, index) => sizes[index] !== file.bytes);
      if (bad !== undefined) {
        throw new DeltaError('DELTA_FILE_MISSING', `${bad.path} is not stored as announced`);
      }
    }
  }

  async #checkpointIfDue(): Promise<void> {
    const { checkpointInterval = CHECKPOINT_INTERVAL, onCheckpointFailure } = this.#options;
    let { version } = this.#latest.snapshot;
    try {
      version = (await this.#refresh()).version;
      const since = version - Math.max(0, this.#latest.checkpoint);
      if (since >= checkpointInterval) await this.checkpoint();
    } catch (error) {
      onCheckpointFailure(error, version);
    }
  }
}

/** The table as it is; undefined where there is none. */
async function newestOf(log: DeltaLog): Promise<LoadedSnapshot | undefined> {
  try {
    return await log.load();
  } catch (error) {
    if (error instanceof DeltaError && error.code === 'DELTA_TABLE_MISSING') return undefined;
    throw error;
  }
}
