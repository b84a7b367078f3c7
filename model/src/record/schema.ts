/**
 * Avro schema of a packed record. Facts and lines of log books lie apart, each encoded by a schema of
 * its own, so that who needs one does not touch the other; `digest` is the SHA-256 of both.
 */
export const recordSchema = {
  type: 'record',
  name: 'PackedRecord',
  namespace: 'passport.v1',
  fields: [
    { name: 'ledger', type: 'string' },
    { name: 'partition', type: 'int' },
    { name: 'partitions', type: 'int' },
    { name: 'epochBlocks', type: 'int' },
    { name: 'definitions', type: 'int' },
    { name: 'first', type: 'long' },
    { name: 'last', type: 'long' },
    { name: 'rows', type: 'int' },
    { name: 'digest', type: { type: 'fixed', name: 'Sha256', size: 32 } },
    { name: 'facts', type: 'bytes' },
    { name: 'lines', type: 'bytes' },
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
    { name: 'block', type: 'long' },
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

/** Facts refer to tables of texts by number, block after block; vids are those of the lines. */
export const factsSchema = {
  type: 'record',
  name: 'Facts',
  namespace: 'passport.v1',
  fields: [
    { name: 'blocks', type: { type: 'array', items: block } },
    { name: 'cells', type: strings },
    { name: 'keys', type: strings },
    { name: 'factCells', type: ints },
    { name: 'factKeys', type: ints },
    { name: 'factDeltas', type: { type: 'array', items: 'long' } },
    { name: 'vids', type: strings },
  ],
} as const;

/** A line of a log book. */
export const rowSchema = { ...row, namespace: 'passport.v1' } as const;

/** Lines of log books, block after block. */
export const linesSchema = { type: 'array', items: rowSchema } as const;
