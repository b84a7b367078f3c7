import type { ByteWriter } from './byte-writer.ts';
import { Renumbered } from './number-columns.ts';
import { Numbered } from './numbered.ts';
import type { BlockCounts, BlockPart } from './packed-record.ts';

/** Beyond this avsc reads another number than was written. */
const DELTA_MAX = 2 ** 52 - 1;

/** SHA-256. */
const HASH_BYTES = 32;

/** Facts of blocks in a row, by columns, with tables of texts that more blocks may share. */
export type NumberedFacts = {
  readonly blocks: readonly BlockCounts[];
  readonly cells: readonly string[];
  readonly keys: readonly string[];
  readonly vids: readonly string[];
  readonly factCells: Int32Array;
  readonly factKeys: Int32Array;
  readonly factDeltas: Float64Array;
  /** Vehicles of lines, in their order, by number. */
  readonly mentioned: Int32Array;
};

/** Writes facts as factsSchema has them. Throws RangeError where a number is too large. */
export function writeFacts(parts: readonly BlockPart[], to: ByteWriter): void {
  const [cells, keys, vids] = [new Numbered(), new Numbered(), new Numbered()];
  const facts = parts.flatMap((part) => part.facts);
  const blocks = parts.map(countsOf);
  const numbered: NumberedFacts = {
    blocks,
    factCells: Int32Array.from(facts, ({ cell }) => cells.numberOf(cell)),
    factKeys: Int32Array.from(facts, ({ key }) => keys.numberOf(key)),
    factDeltas: Float64Array.from(facts, ({ delta }) => delta),
    mentioned: Int32Array.from(
      parts.flatMap(({ rows }) => rows),
      ({ vid }) => vids.numberOf(vid),
    ),
    cells: cells.texts,
    keys: keys.texts,
    vids: vids.texts,
  };
  writeFactColumns(numbered, to);
}

/** What a record says of a block besides its facts and lines. */
export function countsOf({ number, hash, ledgerTimeMs, facts, rows }: BlockPart): BlockCounts {
  return { number, hash, ledgerTimeMs, facts: facts.length, rows: rows.length };
}

/**
 * Writes facts as factsSchema has them; of the tables what is mentioned, in the order of first mention. Throws
 * RangeError where a number is too large.
 */
export function writeFactColumns(facts: NumberedFacts, to: ByteWriter): void {
  const { blocks, factCells, factKeys, factDeltas, mentioned } = facts;
  const cells = renumbered(factCells, facts.cells);
  const keys = renumbered(factKeys, facts.keys);
  writeArray(blocks, (block) => writeBlock(block, to), to);
  writeTexts(cells, facts.cells, to);
  writeTexts(keys, facts.keys, to);
  writeColumn(factCells, cells, to);
  writeColumn(factKeys, keys, to);
  writeDeltas(factDeltas, to);
  writeTexts(renumbered(mentioned, facts.vids), facts.vids, to);
}

function renumbered(column: Int32Array, texts: readonly string[]): Renumbered {
  const numbers = new Renumbered(texts.length);
  for (let place = 0; place < column.length; place += 1) numbers.mention(column[place] ?? 0);
  return numbers;
}

function writeBlock(
  { number, hash, ledgerTimeMs, facts, rows }: BlockCounts,
  to: ByteWriter,
): void {
  to.whole(number);
  const bytes = Buffer.from(hash, 'hex');
  if (bytes.length !== HASH_BYTES) throw new RangeError(`block ${number} has no hash`);
  to.raw(bytes);
  to.whole(ledgerTimeMs);
  to.whole(facts);
  to.whole(rows);
}

function writeTexts({ mentioned }: Renumbered, texts: readonly string[], to: ByteWriter): void {
  writeArray(mentioned, (number) => to.text(texts[number] ?? ''), to);
}

/** By index: an iterator of so many numbers makes an object of each. */
function writeColumn(column: Int32Array, numbers: Renumbered, to: ByteWriter): void {
  if (column.length > 0) to.whole(column.length);
  for (let place = 0; place < column.length; place += 1) {
    to.int(numbers.numberOf(column[place] ?? 0));
  }
  to.whole(0);
}

function writeDeltas(deltas: Float64Array, to: ByteWriter): void {
  if (deltas.length > 0) to.whole(deltas.length);
  for (let place = 0; place < deltas.length; place += 1) {
    const delta = deltas[place] ?? 0;
    if (Math.abs(delta) > DELTA_MAX) throw new RangeError(`a fact of ${delta} is too large`);
    to.whole(delta);
  }
  to.whole(0);
}

/** An array of Avro: blocks of items, each behind their number, the last one empty. */
function writeArray<T>(items: readonly T[], write: (item: T) => void, to: ByteWriter): void {
  if (items.length > 0) to.whole(items.length);
  for (const item of items) write(item);
  to.whole(0);
}
