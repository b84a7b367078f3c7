import { createHash } from 'node:crypto';

import avro from 'avsc';

import type { Fact } from '../facts/fact.ts';
import type { LogRow } from '../fold/log-row.ts';
import { PassportError } from '../errors/passport-error.ts';
import type { BlockPart, PackedRecord } from './packed-record.ts';
import { bodySchema, factsSchema, recordSchema } from './schema.ts';
import { fingerprintOf, HEADER_BYTES, headerOf, readFingerprint } from './single-object.ts';

type Envelope = {
  readonly ledger: string;
  readonly partition: number;
  readonly partitions: number;
  readonly definitions: number;
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly digest: Buffer;
  readonly payload: Buffer;
};

/** Facts of a record as they lie in it: each is a number of a cell, of a key, and what is added. */
export type PackedFacts = {
  readonly blocks: readonly {
    readonly number: number;
    readonly hash: Buffer;
    readonly ledgerTimeMs: number;
    readonly facts: number;
    readonly rows: number;
  }[];
  readonly cells: readonly string[];
  readonly keys: readonly string[];
  readonly factCells: readonly number[];
  readonly factKeys: readonly number[];
  readonly factDeltas: readonly number[];
};

type Line = Omit<LogRow, 'block' | 'place'> & {
  readonly source: string | null;
  readonly entry: number;
  readonly place: number;
};

type Body = PackedFacts & { readonly lines: readonly Line[] };

const recordType = avro.Type.forSchema(recordSchema as unknown as avro.Schema);
const bodyType = avro.Type.forSchema(bodySchema as unknown as avro.Schema, { wrapUnions: false });
const factsType = avro.Type.forSchema(factsSchema as unknown as avro.Schema);
// What is asked for is the beginning of what was written: the rest is not even looked at.
const header = headerOf(fingerprintOf(JSON.stringify(recordType.schema())));
const fingerprint = readFingerprint(header);

/** Beyond this avsc reads another number than was written. */
const DELTA_MAX = 2 ** 52 - 1;

/** What a record says of itself, its body unread. */
export type RecordEnvelope = Omit<Envelope, 'digest'>;

/** Writes a record: the same bytes for the same record. */
export function encodeRecord(record: PackedRecord): Buffer {
  const { blocks, ...known } = record;
  const payload = bodyType.toBuffer(bodyOf(blocks));
  const envelope: Envelope = {
    ...known,
    first: blocks[0]?.number ?? -1,
    last: blocks.at(-1)?.number ?? -1,
    rows: blocks.reduce((sum, { rows }) => sum + rows.length, 0),
    digest: createHash('sha256').update(payload).digest(),
    payload,
  };
  return Buffer.concat([header, recordType.toBuffer(envelope)]);
}

/**
 * Reads what a record says of itself, and checks its digest. Throws PassportError `RECORD_UNREADABLE`:
 * by an unknown schema, or changed on its way.
 */
export function openRecord(bytes: Uint8Array): RecordEnvelope {
  const found = readFingerprint(bytes);
  if (found !== fingerprint) {
    throw new PassportError('RECORD_UNREADABLE', `no record of a known schema: ${found ?? 'none'}`);
  }
  const { digest, ...envelope } = decode(
    recordType,
    bytes.subarray(HEADER_BYTES),
    true,
  ) as Envelope;
  if (!createHash('sha256').update(envelope.payload).digest().equals(digest)) {
    const range = `${envelope.first} to ${envelope.last} of partition ${envelope.partition}`;
    throw new PassportError('RECORD_UNREADABLE', `the digest of blocks ${range} is wrong`);
  }
  return envelope;
}

/** The facts of an opened record, and no line of a log book. Throws as {@link openRecord}. */
export function readFacts({ payload }: RecordEnvelope): PackedFacts {
  return decode(factsType, payload, false) as PackedFacts;
}

/** The whole of an opened record. Throws as {@link openRecord}. */
export function readBlocks({ payload }: RecordEnvelope): BlockPart[] {
  const body = decode(bodyType, payload, true) as Body;
  let fact = 0;
  let line = 0;
  return body.blocks.map(({ number, hash, ledgerTimeMs, facts: factCount, rows: rowCount }) => {
    const facts: Fact[] = [];
    for (const end = fact + factCount; fact < end; fact += 1) facts.push(factOf(body, fact));
    const lines = body.lines.slice(line, line + rowCount);
    line += rowCount;
    const rows = lines.map((each) => rowOf(each, number));
    return { number, hash: hash.toString('hex'), ledgerTimeMs, rows, facts };
  });
}

/** The fact of that number. */
export function factOf(
  { cells, keys, factCells, factKeys, factDeltas }: PackedFacts,
  index: number,
): Fact {
  const cell = cells[factCells[index] ?? -1];
  const key = keys[factKeys[index] ?? -1];
  const delta = factDeltas[index];
  if (cell === undefined || key === undefined || delta === undefined) {
    throw new PassportError('RECORD_UNREADABLE', `fact ${index} refers to nothing`);
  }
  return { cell, key, delta };
}

/** All of it, when there is nothing behind it. `whole` says that there may not be. */
function decode(type: avro.Type, bytes: Uint8Array, whole: boolean): unknown {
  const read: { readonly value: unknown; readonly offset: number } = type.decode(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  );
  if (read.offset < 0 || (whole && read.offset !== bytes.length)) {
    throw new PassportError('RECORD_UNREADABLE', 'it ends too early, or too late');
  }
  return read.value;
}

function bodyOf(blocks: readonly BlockPart[]): Body {
  const cells = new Numbered();
  const keys = new Numbered();
  const [factCells, factKeys, factDeltas]: [number[], number[], number[]] = [[], [], []];
  const lines: Line[] = [];
  for (const { facts, rows } of blocks) {
    for (const { cell, key, delta } of facts) {
      factCells.push(cells.numberOf(cell));
      factKeys.push(keys.numberOf(key));
      if (Math.abs(delta) > DELTA_MAX) throw new RangeError(`a fact of ${delta} is too large`);
      factDeltas.push(delta);
    }
    for (const row of rows) lines.push(lineOf(row));
  }
  return {
    blocks: blocks.map(({ number, hash, ledgerTimeMs, facts, rows }) => ({
      number,
      hash: Buffer.from(hash, 'hex'),
      ledgerTimeMs,
      facts: facts.length,
      rows: rows.length,
    })),
    cells: cells.texts,
    keys: keys.texts,
    factCells,
    factKeys,
    factDeltas,
    lines,
  };
}

/** Texts by the number of their first mention. */
class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }
}

function lineOf({ block: _, place, ...row }: LogRow): Line {
  return {
    ...row,
    source: place?.source ?? null,
    entry: place?.entry ?? 0,
    place: place?.index ?? 0,
  };
}

function rowOf({ source, entry, place, ...line }: Line, block: number): LogRow {
  const { tx, index, vid, kind, at, recordedAtMs, odometerKm, quality, detail } = line;
  return {
    block,
    tx,
    index,
    vid,
    kind,
    at,
    recordedAtMs,
    // What was written was checked before: by the chaincode, then by the listener.
    place: source === null ? null : ({ source, entry, index: place } as LogRow['place']),
    odometerKm,
    quality,
    detail,
  };
}
