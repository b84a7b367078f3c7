import type { MetadataAction, ProtocolAction } from './actions.ts';
import { DeltaError } from './delta-error.ts';

/** The protocol of our tables: every reader and writer knows it. */
export const PROTOCOL: ProtocolAction = { minReaderVersion: 1, minWriterVersion: 2 };

/** Throws DELTA_PROTOCOL_UNSUPPORTED where a reader must know more than is known here. */
export function assertReadable(protocol: ProtocolAction): void {
  if (protocol.minReaderVersion <= PROTOCOL.minReaderVersion) return;
  throw new DeltaError(
    'DELTA_PROTOCOL_UNSUPPORTED',
    `the table needs a reader of version ${protocol.minReaderVersion}`,
  );
}

/**
 * Throws DELTA_PROTOCOL_UNSUPPORTED where a writer must know more than is known here. Version 2 has
 * two duties: to keep a table append-only, see {@link isAppendOnly}, and to check invariants, which
 * nobody does here.
 */
export function assertWritable(protocol: ProtocolAction, metadata: MetadataAction): void {
  if (protocol.minWriterVersion > PROTOCOL.minWriterVersion) {
    throw new DeltaError(
      'DELTA_PROTOCOL_UNSUPPORTED',
      `the table needs a writer of version ${protocol.minWriterVersion}`,
    );
  }
  if (metadata.schemaString.includes('"delta.invariants"')) {
    throw new DeltaError('DELTA_PROTOCOL_UNSUPPORTED', 'the table has invariants on columns');
  }
}

/** Whether no commit may remove data. */
export function isAppendOnly(metadata: MetadataAction): boolean {
  return metadata.configuration?.['delta.appendOnly']?.toLowerCase() === 'true';
}

const unitMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/** What tables without the property have (Delta's table properties reference). */
const DEFAULT_RETENTION_MS = 7 * 86_400_000;

/**
 * How long the log remembers a removed file, in milliseconds: the property
 * `delta.deletedFileRetentionDuration`, such as `interval 7 days`.
 */
export function tombstoneRetentionMs(metadata: MetadataAction): number {
  const text = metadata.configuration?.['delta.deletedFileRetentionDuration'];
  if (text === undefined || text === null) return DEFAULT_RETENTION_MS;
  const match = /^\s*(?:interval\s+)?(\d+)\s+([a-z]+?)s?\s*$/i.exec(text);
  const unit = unitMs[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || unit === undefined) {
    throw new DeltaError('DELTA_LOG_INVALID', `not a retention: ${text}`);
  }
  return Number(match[1]) * unit;
}
