import type { JsonInput } from './canonical-json.ts';
import { DeltaError } from './delta-error.ts';
import { encodePath } from './log-names.ts';
import { assertWritable, isAppendOnly } from './protocol.ts';
import type { PartitionValues, Snapshot } from './snapshot.ts';
import { type FileStatistics, writeStatistics } from './statistics.ts';

/** Actions of one commit at most; more are several commits. */
const COMMIT_FILES_MAX = 20_000;

/** A data file that a commit adds. It is stored already. */
export type NewFile = {
  /** Relative to the table; never used before, and never again. */
  readonly path: string;
  readonly bytes: number;
  readonly partitionValues: PartitionValues;
  readonly statistics: FileStatistics;
};

/** What a commit does to a table, all of it or nothing. */
export type CommitRequest = {
  /** Unique, chosen by the caller, the same when it repeats the call. */
  readonly commitId: string;
  /** Such as `WRITE`, `OPTIMIZE`, `DELETE`; for people. */
  readonly operation: string;
  readonly adds?: readonly NewFile[];
  /** Paths of files that must be part of the table until then. */
  readonly removes?: readonly string[];
  /**
   * How far the application `appId` has come. Where the table has come as far or farther, nothing is
   * committed.
   */
  readonly txn?: { readonly appId: string; readonly version: number };
  /** Whether the added files depend on nothing that was read from the table. */
  readonly isBlindAppend: boolean;
  /** False where rows only move, as in a compaction. */
  readonly dataChange: boolean;
};

/** Throws a TypeError on a request that no table could take. */
export function checkRequest({ adds = [], removes = [], txn, commitId }: CommitRequest): void {
  const paths = [...adds.map(({ path }) => path), ...removes];
  if (commitId === '') throw new TypeError('a commit without an id');
  if (paths.length === 0 && txn === undefined) throw new TypeError('a commit of nothing');
  if (paths.length > COMMIT_FILES_MAX) throw new TypeError(`a commit of ${paths.length} files`);
  if (new Set(paths).size !== paths.length) throw new TypeError('a commit names a path twice');
  const isHidden = adds.find(({ path }) => /^[_.]|\/[_.]/.test(path));
  if (isHidden !== undefined) throw new TypeError(`readers ignore the path ${isHidden.path}`);
  if (txn !== undefined && !Number.isSafeInteger(txn.version)) {
    throw new TypeError('the version of a txn is no integer');
  }
}

/**
 * Why a commit cannot follow a snapshot: `already`, its application has come as far, or an error to
 * throw. Undefined where it can.
 */
export function obstacleTo(
  request: CommitRequest,
  snapshot: Snapshot,
): 'already' | DeltaError | undefined {
  const { adds = [], removes = [], txn, dataChange } = request;
  assertWritable(snapshot.protocol, snapshot.metadata);
  if (txn !== undefined && (snapshot.transactions.get(txn.appId) ?? -Infinity) >= txn.version) {
    return 'already';
  }
  const gone = removes.find((path) => !snapshot.files.has(path));
  if (gone !== undefined) {
    return new DeltaError('DELTA_CONFLICT', `${gone} is no longer part of the table`);
  }
  // A file that was removed must not come back, with rows that were erased.
  const used = adds.find(({ path }) => snapshot.files.has(path) || snapshot.tombstones.has(path));
  if (used !== undefined) {
    return new DeltaError('DELTA_CONFLICT', `${used.path} was part of the table before`);
  }
  if (removes.length > 0 && dataChange && isAppendOnly(snapshot.metadata)) {
    return new DeltaError('DELTA_APPEND_ONLY', 'the table is append-only');
  }
  const columns = [...snapshot.metadata.partitionColumns].sort().join();
  const other = adds.find((add) => Object.keys(add.partitionValues).sort().join() !== columns);
  if (other === undefined) return undefined;
  throw new TypeError(`${other.path} has not the table's partition columns`);
}

/** The actions of a request, on top of a snapshot, in an order that depends on nothing else. */
export function actionsOf(request: CommitRequest, snapshot: Snapshot, now: Date): JsonInput[] {
  const { adds = [], removes = [], txn, dataChange } = request;
  const ms = now.getTime();
  const info = {
    timestamp: ms,
    operation: request.operation,
    operationParameters: {},
    isBlindAppend: request.isBlindAppend,
    readVersion: snapshot.version,
    txnId: request.commitId,
  };
  const added = adds.map((file) => ({
    add: {
      path: encodePath(file.path),
      partitionValues: file.partitionValues,
      size: file.bytes,
      modificationTime: ms,
      dataChange,
      stats: writeStatistics(file.statistics),
    },
  }));
  const removed = removes.map((path) => {
    const file = snapshot.files.get(path);
    return {
      remove: {
        path: encodePath(path),
        deletionTimestamp: ms,
        dataChange,
        extendedFileMetadata: true,
        partitionValues: file?.partitionValues,
        size: file?.bytes,
      },
    };
  });
  return [
    { commitInfo: info },
    ...(txn === undefined ? [] : [{ txn: { ...txn, lastUpdated: ms } }]),
    ...removed.sort((a, b) => (a.remove.path < b.remove.path ? -1 : 1)),
    ...added.sort((a, b) => (a.add.path < b.add.path ? -1 : 1)),
  ];
}
