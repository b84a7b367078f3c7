/**
 * Avro schemas of a packed record. Tables of texts come first, facts refer to them by number, so
 * that a reader of facts touches no line of a log book. `payload` is the body, and `digest` its SHA-256.
 */
export const recordSchema = {
  type: 'record',
  name: 'PackedRecord',
  namespace: 'passport.v1',
  fields: [
    { name: 'ledger', type: 'string' },
    { name: 'partition', type: 'int' },
    { name: 'partitions', type: 'int' },
    { name: 'definitions', type: 'int' },
    { name: 'first', type: 'long' },
    { name: 'last', type: 'long' },
    { name: 'rows', type: 'int' },
    { name: 'digest', type: { type: 'fixed', name: 'Sha256', size: 32 } },
    { name: 'payload', type: 'bytes' },
  ],
} as const;

const block = {
  type: 'record',
  name: 'Block',
  fields: [
    { name: 'number', type: 'long' },
    { name: 'hash', type: { type: 'fixed', name: 'HeaderHash', size: 32 } },
    { name: 'ledgerTimeMs', type: 'long' },
    { name: 'facts', type: 'int' },
    { name: 'rows', type: 'int' },
  ],
} as const;

const row = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'tx', type: 'int' },
    { name: 'index', type: 'int' },
    { name: 'vid', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'at', type: 'string' },
    { name: 'recordedAtMs', type: 'long' },
    { name: 'source', type: ['null', 'string'] },
    { name: 'entry', type: 'int' },
    { name: 'place', type: 'int' },
    { name: 'odometerKm', type: ['null', 'int'] },
    { name: 'quality', type: ['null', 'int'] },
    { name: 'detail', type: 'string' },
  ],
} as const;

const strings = { type: 'array', items: 'string' } as const;
const ints = { type: 'array', items: 'int' } as const;

/** What consumers that need no line of a log book read: the beginning of the body. */
export const factsSchema = {
  type: 'record',
  name: 'Body',
  namespace: 'passport.v1',
  fields: [
    { name: 'blocks', type: { type: 'array', items: block } },
    { name: 'cells', type: strings },
    { name: 'keys', type: strings },
    { name: 'factCells', type: ints },
    { name: 'factKeys', type: ints },
    { name: 'factDeltas', type: { type: 'array', items: 'long' } },
  ],
} as const;

/** The whole body. */
export const bodySchema = {
  ...factsSchema,
  fields: [...factsSchema.fields, { name: 'lines', type: { type: 'array', items: row } }],
} as const;
