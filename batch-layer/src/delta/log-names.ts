import { DeltaError } from './delta-error.ts';

/** The folder of the log, below the table's. */
export const LOG_FOLDER = '_delta_log/';

/** Tells where the newest checkpoint is, or was; only a hint. */
export const LAST_CHECKPOINT_NAME = `${LOG_FOLDER}_last_checkpoint`;

/** Where a version's commit lies, relative to the table. */
export function commitName(version: number): string {
  return `${LOG_FOLDER}${paddedVersion(version)}.json`;
}

/** Where a version's checkpoint in one part lies, relative to the table. */
export function checkpointName(version: number): string {
  return `${LOG_FOLDER}${paddedVersion(version)}.checkpoint.parquet`;
}

function paddedVersion(version: number): string {
  return String(version).padStart(20, '0');
}

/** What a name in the log's folder stands for; `other` belongs to a version too, but is not ours. */
export type LogName = {
  readonly kind: 'commit' | 'checkpoint' | 'other';
  readonly version: number;
};

const logName = /^(\d{20})\.(json|checkpoint\.parquet|.+)$/;

/** Reads a file's name, without its folders; undefined where it belongs to no version. */
export function parseLogName(name: string): LogName | undefined {
  const match = logName.exec(name);
  if (match === null) return undefined;
  const version = Number(match[1]);
  if (match[2] === 'json') return { kind: 'commit', version };
  return { kind: match[2] === 'checkpoint.parquet' ? 'checkpoint' : 'other', version };
}

/** A data file's path as the log spells it: a relative URI (RFC 2396). */
export function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#:]/g, encodeURIComponent);
}

/** Reads {@link encodePath}'s spelling. Throws on a path that leads out of the table. */
export function decodePath(encoded: string): string {
  if (/^([A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(encoded)) {
    throw new DeltaError('DELTA_PROTOCOL_UNSUPPORTED', `a data file elsewhere: ${encoded}`);
  }
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    throw new DeltaError('DELTA_LOG_INVALID', `not a path: ${encoded}`, error);
  }
}
