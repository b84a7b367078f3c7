import { createHash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import avro from 'avsc';

import type { Fact } from '../facts/fact.ts';
import type { LogRow } from '../fold/log-row.ts';
import { PassportError } from '../errors/passport-error.ts';
import { ByteWriter } from './byte-writer.ts';
import type { BlockCounts, BlockPart, PackedFacts, PackedRecord } from './packed-record.ts';
import { findLines } from './find-lines.ts';
import { type FactsInColumns, type PackedSums, readFacts, readSums } from './read-facts.ts';
import { type LineColumns, readLines } from './read-lines.ts';
import { factsSchema, linesSchema, recordSchema, rowSchema } from './schema.ts';
import { fingerprintOf, HEADER_BYTES, headerOf, readFingerprint } from './single-object.ts';
import { unpackedBytes } from './unpacked-bytes.ts';
import { countsOf, writeFacts } from './write-facts.ts';
import { writeLines } from './write-lines.ts';

type Envelope = {
  readonly ledger: string;
  readonly partition: number;
  readonly partitions: number;
  readonly epochBlocks: number;
  readonly definitions: number;
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly digest: Buffer;
  /** Can be kept as they are: {@link decodeFacts}. */
  readonly facts: Buffer;
  readonly lines: Buffer;
};

type Line = Omit<LogRow, 'place'> & {
  readonly source: string | null;
  readonly entry: number;
  readonly place: number;
};

const recordType = avro.Type.forSchema(recordSchema as unknown as avro.Schema);
const factsType = avro.Type.forSchema(factsSchema as unknown as avro.Schema);
const linesType = avro.Type.forSchema(linesSchema as unknown as avro.Schema, { wrapUnions: false });
const lineType = avro.Type.forSchema(rowSchema as unknown as avro.Schema, { wrapUnions: false });
const header = headerOf(fingerprintOf(JSON.stringify(recordType.schema())));
const fingerprint = readFingerprint(header);

/** What a record says of itself, its body unread. */
export type RecordEnvelope = Omit<Envelope, 'digest'>;

const writer = new ByteWriter();

/** Writes a record: the same bytes for the same record. Throws RangeError where a number is too large. */
export function encodeRecord(record: PackedRecord): Buffer {
  const { blocks, ...known } = record;
  return encodeBody(known, blocks.map(countsOf), {
    facts: (to) => writeFacts(blocks, to),
    lines: (to) => writeLines(blocks, to),
  });
}

/** What writes the two parts of a record's body. */
type BodyWriters = Readonly<Record<'facts' | 'lines', (to: ByteWriter) => void>>;

/** Writes a record whose body is written by others. Throws what they throw. */
export function encodeBody(
  known: Omit<PackedRecord, 'blocks'>,
  blocks: readonly BlockCounts[],
  body: BodyWriters,
): Buffer {
  const facts = compressed(body.facts);
  const lines = compressed(body.lines);
  const envelope: Envelope = {
    ...known,
    first: blocks[0]?.number ?? -1,
    last: blocks.at(-1)?.number ?? -1,
    rows: blocks.reduce((sum, { rows }) => sum + rows, 0),
    digest: digestOf(facts, lines),
    facts,
    lines,
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
  const { digest, ...envelope } = decode(recordType, bytes.subarray(HEADER_BYTES)) as Envelope;
  if (!digestOf(envelope.facts, envelope.lines).equals(digest)) {
    const range = `${envelope.first} to ${envelope.last} of partition ${envelope.partition}`;
    throw new PassportError('RECORD_UNREADABLE', `the digest of blocks ${range} is wrong`);
  }
  return envelope;
}

/** The facts of a record, out of its `facts`. Throws as {@link openRecord}. */
export function decodeFacts(facts: Uint8Array): PackedFacts {
  return unpacked(facts, (bytes) => decode(factsType, bytes)) as PackedFacts;
}

/**
 * What is made of the facts of a record that are sums, out of its `facts`: they are there until it is made. Throws as
 * {@link openRecord}.
 */
export function useSums<T>(facts: Uint8Array, use: (sums: PackedSums) => T): T {
  return unpacked(facts, (bytes) => use(readSums(bytes)));
}

/** As {@link useSums}, of all facts of a record, by column. */
export function useFactColumns<T>(facts: Uint8Array, use: (columns: FactsInColumns) => T): T {
  return unpacked(facts, (bytes) => use(readFacts(bytes)));
}

/** As {@link useSums}, of the lines of a record by column, out of its `lines`. */
export function useLineColumns<T>(lines: Uint8Array, use: (columns: LineColumns) => T): T {
  return unpacked(lines, (bytes) => use(readLines(bytes)));
}

/** The lines of a record, out of its `lines`, in the order of the ledger. Throws as {@link openRecord}. */
export function decodeLines(lines: Uint8Array): LogRow[] {
  return unpacked(lines, (bytes) => (decode(linesType, bytes) as readonly Line[]).map(rowOf));
}

/**
 * The lines of one vehicle, as {@link decodeLines} has them; of the others only the vid is read. Throws as
 * {@link openRecord}.
 */
export function decodeLinesOf(vid: string, lines: Uint8Array): LogRow[] {
  return unpacked(lines, (bytes) => {
    const own = findLines(bytes, Buffer.from(vid, 'utf8'));
    return own.map((line) => rowOf(decode(lineType, line) as Line));
  });
}

/** The whole of an opened record. Throws as {@link openRecord}. */
export function readBlocks(record: RecordEnvelope): BlockPart[] {
  const packed = decodeFacts(record.facts);
  const lines = decodeLines(record.lines);
  let fact = 0;
  let line = 0;
  return packed.blocks.map(({ number, hash, ledgerTimeMs, facts: count, rows }) => {
    const facts: Fact[] = [];
    for (const end = fact + count; fact < end; fact += 1) facts.push(factOf(packed, fact));
    line += rows;
    return {
      number,
      hash: hash.toString('hex'),
      ledgerTimeMs,
      rows: lines.slice(line - rows, line),
      facts,
    };
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

function decode(type: avro.Type, bytes: Uint8Array): unknown {
  const read: { readonly value: unknown; readonly offset: number } = type.decode(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  );
  if (read.offset !== bytes.length) {
    throw new PassportError('RECORD_UNREADABLE', 'it ends too early, or too late');
  }
  return read.value;
}

/** The least effort: most of what is in a record repeats. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What is unpacked goes to buffers of so many bytes, at least and at most: more than what many share in Node. */
const [CHUNK_BYTES_MIN, CHUNK_BYTES_MAX] = [2 * Buffer.poolSize, 16 * 1024 * 1024];

/** What is written, by Zstandard (RFC 8878). */
function compressed(write: (to: ByteWriter) => void): Buffer {
  writer.clear();
  write(writer);
  return zstdCompressSync(writer.written, options);
}

/**
 * What is made of bytes that are unpacked. Their memory is given back at once: until the collector has found it, there would
 * be as much of it as of all else, and that is why it would look.
 */
function unpacked<T>(bytes: Uint8Array, make: (unpacked: Buffer) => T): T {
  // Its size is known: one buffer takes all of it. Node takes another one when the first is full to its last byte.
  const size = unpackedBytes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) ?? 0;
  const chunkSize = Math.min(Math.max(size + 1, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
  const buffer = decompress(bytes, chunkSize);
  try {
    return make(buffer);
  } finally {
    const memory = buffer.buffer;
    if (memory instanceof ArrayBuffer && memory.byteLength === chunkSize) memory.transfer(0);
  }
}

/** A record has passed its digest: what cannot be read now was never written by us. */
function decompress(bytes: Uint8Array, chunkSize: number): Buffer {
  try {
    return zstdDecompressSync(bytes, { chunkSize });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PassportError('RECORD_UNREADABLE', why);
  }
}

function digestOf(facts: Uint8Array, lines: Uint8Array): Buffer {
  return createHash('sha256').update(facts).update(lines).digest();
}

function rowOf(line: Line): LogRow {
  const { block, tx, index, vid, kind, at, recordedAtMs, odometerKm, quality, detail } = line;
  const { source, entry, place } = line;
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
