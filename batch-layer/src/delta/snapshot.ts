import type { Action, AddAction, MetadataAction, ProtocolAction, RemoveAction } from './actions.ts';
import { DeltaError } from './delta-error.ts';
import { decodePath } from './log-names.ts';
import { assertReadable } from './protocol.ts';

/** Partition columns and their values as texts; null, or an empty text, is null. */
export type PartitionValues = Readonly<Record<string, string | null>>;

/** A data file of a table. */
export type DataFile = {
  /** Relative to the table, decoded: the object's key after the table's. */
  readonly path: string;
  readonly partitionValues: PartitionValues;
  readonly bytes: number;
  readonly modifiedAtMs: number;
  /** JSON, see readStatistics. */
  readonly statistics?: string;
};

/** A data file that is no longer part of the table, and that older versions may still need. */
export type Tombstone = {
  readonly path: string;
  readonly deletedAtMs: number;
  readonly partitionValues: PartitionValues;
  readonly bytes: number | undefined;
};

/** The table at one version. */
export type Snapshot = {
  readonly version: number;
  readonly protocol: ProtocolAction;
  readonly metadata: MetadataAction;
  /** By path. */
  readonly files: ReadonlyMap<string, DataFile>;
  /** By path; those that expired before the last checkpoint are forgotten. */
  readonly tombstones: ReadonlyMap<string, Tombstone>;
  /** The highest version of each application. */
  readonly transactions: ReadonlyMap<string, number>;
};

/** Replays actions (PROTOCOL.md, "Action Reconciliation"). */
export class SnapshotBuilder {
  #protocol: ProtocolAction | undefined;
  #metadata: MetadataAction | undefined;
  readonly #files: Map<string, DataFile>;
  readonly #tombstones: Map<string, Tombstone>;
  readonly #transactions: Map<string, number>;

  constructor(from?: Snapshot) {
    this.#protocol = from?.protocol;
    this.#metadata = from?.metadata;
    this.#files = new Map(from?.files);
    this.#tombstones = new Map(from?.tombstones);
    this.#transactions = new Map(from?.transactions);
  }

  /** Applies all actions of one commit, or of a checkpoint. Their order means nothing. */
  apply(actions: readonly Action[]): void {
    for (const action of actions) {
      this.#protocol = action.protocol ?? this.#protocol;
      this.#metadata = action.metaData ?? this.#metadata;
      const { txn, remove } = action;
      if (txn !== undefined && txn !== null) this.#transactions.set(txn.appId, txn.version);
      if (remove !== undefined && remove !== null) this.#remove(remove);
    }
    for (const { add } of actions) if (add !== undefined && add !== null) this.#add(add);
  }

  /** The table at `version`. Throws where it is none, or one that cannot be read here. */
  build(version: number): Snapshot {
    if (this.#protocol === undefined || this.#metadata === undefined) {
      throw new DeltaError('DELTA_LOG_INVALID', `no protocol or schema at version ${version}`);
    }
    assertReadable(this.#protocol);
    return {
      version,
      protocol: this.#protocol,
      metadata: this.#metadata,
      files: this.#files,
      tombstones: this.#tombstones,
      transactions: this.#transactions,
    };
  }

  #add(add: AddAction): void {
    const path = decodePath(add.path);
    if (add.deletionVector !== undefined && add.deletionVector !== null) {
      throw new DeltaError('DELTA_PROTOCOL_UNSUPPORTED', `a deletion vector for ${path}`);
    }
    this.#tombstones.delete(path);
    this.#files.set(path, {
      path,
      partitionValues: valuesOf(add.partitionValues),
      bytes: add.size,
      modifiedAtMs: add.modificationTime,
      ...(typeof add.stats === 'string' && { statistics: add.stats }),
    });
  }

  #remove(remove: RemoveAction): void {
    const path = decodePath(remove.path);
    this.#files.delete(path);
    this.#tombstones.set(path, {
      path,
      // Without a time it may have expired long ago.
      deletedAtMs: remove.deletionTimestamp ?? 0,
      partitionValues: valuesOf(remove.partitionValues),
      bytes: remove.size ?? undefined,
    });
  }
}

function valuesOf(values: PartitionValues | null | undefined): PartitionValues {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, value === '' ? null : value]));
}
