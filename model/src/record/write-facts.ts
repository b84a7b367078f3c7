import type { BlockPart } from './packed-record.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Beyond this avsc reads another number than was written. */
const DELTA_MAX = 2 ** 52 - 1;

/** SHA-256. */
const HASH_BYTES = 32;

/** Writes facts as factsSchema has them. Throws RangeError where a number is too large. */
export function writeFacts(blocks: readonly BlockPart[], to: ByteWriter): void {
  const cells = new Numbered();
  const keys = new Numbered();
  const count = blocks.reduce((sum, { facts }) => sum + facts.length, 0);
  const [factCells, factKeys] = [new Int32Array(count), new Int32Array(count)];
  const vids = new Set<string>();
  let fact = 0;
  for (const { facts, rows } of blocks) {
    for (const { cell, key, delta } of facts) {
      if (Math.abs(delta) > DELTA_MAX) throw new RangeError(`a fact of ${delta} is too large`);
      factCells[fact] = cells.numberOf(cell);
      factKeys[fact] = keys.numberOf(key);
      fact += 1;
    }
    for (const { vid } of rows) vids.add(vid);
  }
  writeArray(blocks, (block) => writeBlock(block, to), to);
  for (const texts of [cells.texts, keys.texts]) writeArray(texts, (text) => to.text(text), to);
  writeColumn(factCells, to);
  writeColumn(factKeys, to);
  writeDeltas(blocks, count, to);
  writeArray([...vids], (vid) => to.text(vid), to);
}

function writeBlock({ number, hash, ledgerTimeMs, facts, rows }: BlockPart, to: ByteWriter): void {
  to.whole(number);
  const bytes = Buffer.from(hash, 'hex');
  if (bytes.length !== HASH_BYTES) throw new RangeError(`block ${number} has no hash`);
  to.raw(bytes);
  to.whole(ledgerTimeMs);
  to.whole(facts.length);
  to.whole(rows.length);
}

/** By index: an iterator of so many numbers makes an object of each. */
function writeColumn(column: Int32Array, to: ByteWriter): void {
  if (column.length > 0) to.whole(column.length);
  for (let place = 0; place < column.length; place += 1) to.whole(column[place] ?? 0);
  to.whole(0);
}

function writeDeltas(blocks: readonly BlockPart[], count: number, to: ByteWriter): void {
  if (count > 0) to.whole(count);
  for (const { facts } of blocks) for (const { delta } of facts) to.whole(delta);
  to.whole(0);
}

/** An array of Avro: blocks of items, each behind their number, the last one empty. */
function writeArray<T>(items: readonly T[], write: (item: T) => void, to: ByteWriter): void {
  if (items.length > 0) to.whole(items.length);
  for (const item of items) write(item);
  to.whole(0);
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
