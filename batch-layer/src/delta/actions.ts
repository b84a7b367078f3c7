import { z } from 'zod';

import { canonicalJson, type JsonInput } from './canonical-json.ts';
import { DeltaError } from './delta-error.ts';

// The forms of PROTOCOL.md, "Actions", as far as they are of use here. Checkpoints have null where
// commits have nothing.
const texts = z.record(z.string(), z.string().nullable());
const count = z.int().nonnegative();

function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const protocolSchema = z.object({
  minReaderVersion: z.int(),
  minWriterVersion: z.int(),
});

const metadataSchema = z.object({
  id: z.string(),
  name: maybe(z.string()),
  description: maybe(z.string()),
  format: z.object({ provider: z.string(), options: maybe(texts) }),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: maybe(texts),
  createdTime: maybe(z.int()),
});

const addSchema = z.object({
  path: z.string(),
  partitionValues: maybe(texts),
  size: count,
  modificationTime: z.int(),
  dataChange: z.boolean(),
  stats: maybe(z.string()),
  tags: maybe(texts),
  deletionVector: z.unknown().optional(),
});

const removeSchema = z.object({
  path: z.string(),
  deletionTimestamp: maybe(z.int()),
  dataChange: maybe(z.boolean()),
  partitionValues: maybe(texts),
  size: maybe(count),
  deletionVector: z.unknown().optional(),
});

const transactionSchema = z.object({
  appId: z.string(),
  version: z.int(),
  lastUpdated: maybe(z.int()),
});

const commitInfoSchema = z.object({ txnId: maybe(z.string()) });

const actionSchema = z.object({
  commitInfo: maybe(commitInfoSchema),
  protocol: maybe(protocolSchema),
  metaData: maybe(metadataSchema),
  txn: maybe(transactionSchema),
  add: maybe(addSchema),
  remove: maybe(removeSchema),
});

/** One line of a commit, or one row of a checkpoint: one of its fields is there. */
export type Action = z.infer<typeof actionSchema>;

/** Which readers and writers the table needs. */
export type ProtocolAction = z.infer<typeof protocolSchema>;

/** The table's schema and properties. */
export type MetadataAction = z.infer<typeof metadataSchema>;

/** A data file that belongs to the table from now on. */
export type AddAction = z.infer<typeof addSchema>;

/** A data file that belongs to the table no longer. */
export type RemoveAction = z.infer<typeof removeSchema>;

/**
 * Reads one action from JSON. Actions that are not known here are ignored, as the protocol wants it:
 * what a reader must know raises the protocol's version. Throws DELTA_LOG_INVALID; `where` says in
 * which file.
 */
export function parseAction(json: string, where: string): Action {
  try {
    return actionSchema.parse(JSON.parse(json));
  } catch (error) {
    throw new DeltaError('DELTA_LOG_INVALID', `${where} has no action in ${json}`, error);
  }
}

/** Reads a commit: one action a line. Throws as {@link parseAction}. */
export function parseCommit(bytes: Uint8Array, where: string): Action[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => parseAction(line, where));
}

/** The id that the writer gave the commit, if it did. */
export function commitIdOf(actions: readonly Action[]): string | undefined {
  const info = actions.find(({ commitInfo }) => commitInfo !== undefined && commitInfo !== null);
  return info?.commitInfo?.txnId ?? undefined;
}

/** The bytes of a commit; the same actions are always the same bytes. */
export function writeCommit(actions: readonly JsonInput[]): Uint8Array {
  return Buffer.from(actions.map((action) => `${canonicalJson(action)}\n`).join(''));
}
