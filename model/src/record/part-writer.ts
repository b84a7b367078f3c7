import type { Emit } from '../facts/fact.ts';
import type { LogRow } from '../fold/log-row.ts';
import { BlockSums, FactColumns } from './block-sums.ts';
import { ByteWriter } from './byte-writer.ts';
import { doubled } from './number-columns.ts';
import { Numbered } from './numbered.ts';
import type { BlockHead, PackedRecord } from './packed-record.ts';
import { encodeBody } from './record-codec.ts';
import { writeFactColumns } from './write-facts.ts';
import { writeLine, writeLineBytes } from './write-lines.ts';

/** Room for so many vehicles to begin with. */
const FIRST_ROOM = 256;

/** How far blocks in a row have come, up to one of them. */
type End = {
  readonly rows: number;
  /** Of their lines. */
  readonly bytes: number;
  readonly facts: number;
  readonly vids: number;
};

const start: End = { rows: 0, bytes: 0, facts: 0, vids: 0 };

/** The texts that facts and lines name, each with a number: parts of the same blocks share most of them. */
export class PartTexts {
  readonly cells = new Numbered();
  readonly keys = new Numbered();
  readonly vids = new Numbered();

  /** Begins anew: only when all parts do. */
  clear(): void {
    for (const texts of [this.cells, this.keys, this.vids]) texts.clear();
  }
}

/**
 * Writes what blocks in a row have for one partition, each line and fact when it comes: lines are bytes at once, and
 * facts are numbers in columns, so that no object of a block lives until its record is written. The memory stays for
 * the next blocks.
 */
export class PartWriter {
  readonly #heads: BlockHead[] = [];
  readonly #ends: End[] = [];
  readonly #lines = new ByteWriter();
  #rows = 0;
  readonly #texts: PartTexts;
  readonly #sums = new BlockSums();
  readonly #facts = new FactColumns();
  /** Vehicles by number as lines mention them, but for lines of one vehicle that follow each other. */
  #mentioned = new Int32Array(FIRST_ROOM);
  #mentions = 0;
  #latestVid: string | undefined;

  constructor(texts: PartTexts) {
    this.#texts = texts;
  }

  /** The blocks that have ended, in order. */
  get blocks(): readonly BlockHead[] {
    return this.#heads;
  }

  /** Writes a line of the open block. Throws RangeError where a number is too large. */
  readonly line = (row: LogRow): void => {
    writeLine(row, this.#lines);
    this.#rows += 1;
    if (row.vid === this.#latestVid) return;
    this.#latestVid = row.vid;
    if (this.#mentions === this.#mentioned.length) this.#mentioned = doubled(this.#mentioned);
    this.#mentioned[this.#mentions] = this.#texts.vids.numberOf(row.vid);
    this.#mentions += 1;
  };

  /** Adds a fact of the open block. */
  readonly fact: Emit = (cell, key, delta) => {
    const { cells, keys } = this.#texts;
    this.#sums.add(cell.numberIn(cells), key.numberIn(keys), delta);
  };

  /** The open block is whole, and the next one opens. What was written of a block that never ends is in no record. */
  endBlock(head: BlockHead): void {
    this.#sums.moveTo(this.#facts);
    this.#heads.push(head);
    this.#ends.push({
      rows: this.#rows,
      bytes: this.#lines.length,
      facts: this.#facts.count,
      vids: this.#mentions,
    });
    // A record that begins with the next block has to hear of its vehicle.
    this.#latestVid = undefined;
  }

  /**
   * The record of the blocks from one place in {@link blocks} to before another: the same bytes as `encodeRecord` has
   * for them. Throws RangeError where a number is too large.
   */
  encode(known: Omit<PackedRecord, 'blocks'>, first: number, end: number): Buffer {
    const from = this.#ends[first - 1] ?? start;
    const to = this.#ends[end - 1] ?? start;
    let before = from;
    const blocks = this.#heads.slice(first, end).map((head, place) => {
      const own = this.#ends[first + place] ?? start;
      const counts = { facts: own.facts - before.facts, rows: own.rows - before.rows };
      before = own;
      return { ...head, ...counts };
    });
    const facts = {
      blocks,
      cells: this.#texts.cells.texts,
      keys: this.#texts.keys.texts,
      vids: this.#texts.vids.texts,
      factCells: this.#facts.cells.subarray(from.facts, to.facts),
      factKeys: this.#facts.keys.subarray(from.facts, to.facts),
      factDeltas: this.#facts.deltas.subarray(from.facts, to.facts),
      mentioned: this.#mentioned.subarray(from.vids, to.vids),
    };
    const lines = this.#lines.written.subarray(from.bytes, to.bytes);
    return encodeBody(known, blocks, {
      facts: (writer) => writeFactColumns(facts, writer),
      lines: (writer) => writeLineBytes(to.rows - from.rows, lines, writer),
    });
  }

  /** Begins anew; so may the texts, then. */
  clear(): void {
    this.#heads.length = 0;
    this.#ends.length = 0;
    this.#lines.clear();
    this.#rows = 0;
    this.#sums.clear();
    this.#facts.count = 0;
    this.#mentions = 0;
    this.#latestVid = undefined;
  }
}
