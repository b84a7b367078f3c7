import { ByteReader, ByteWriter, type ChainReading } from '@passport/model';

import { readFlags, readOrder, writeFlags, writeOrder } from './kept-event.ts';

/** A reading, and where it is in the chain of its vehicle. */
export type PlacedReading = { readonly order: string; readonly reading: ChainReading };

/** What is in a reading, by bits. */
const SAME_CELL = 1;
const SAME_SOURCE = 2;
const ARRIVED = 4;
const FLAGS = 8;

/** Writes readings in the order of their chain: what one has in common with the one before is not said again. */
export class ChunkWriter {
  readonly #bytes = new ByteWriter();
  #before: PlacedReading | undefined;
  #count = 0;

  /** How many readings there are. */
  get count(): number {
    return this.#count;
  }

  add(placed: PlacedReading): void {
    const { km, arrivedKm, cell, source, qualityIndex, flags } = placed.reading;
    const before = this.#before;
    const bytes = this.#bytes;
    const isSameCell = before?.reading.cell === cell;
    const isSameSource = before?.reading.source === source;
    bytes.whole(
      (isSameCell ? SAME_CELL : 0) +
        (isSameSource ? SAME_SOURCE : 0) +
        (arrivedKm === km ? 0 : ARRIVED) +
        (flags.length === 0 ? 0 : FLAGS),
    );
    writeOrder(placed.order, before?.order ?? '', bytes);
    bytes.whole(km);
    bytes.whole(qualityIndex);
    if (!isSameCell) bytes.text(cell);
    if (!isSameSource) bytes.text(source);
    if (arrivedKm !== km) bytes.whole(arrivedKm);
    if (flags.length > 0) writeFlags(flags, bytes);
    this.#before = placed;
    this.#count += 1;
  }

  /** The chunk of what was added; the next one begins. */
  take(): Uint8Array {
    const chunk = this.#bytes.take();
    this.clear();
    return chunk;
  }

  /** Begins anew. */
  clear(): void {
    this.#bytes.clear();
    this.#before = undefined;
    this.#count = 0;
  }
}

/** Its memory stays. */
const writer = new ChunkWriter();

/** The chunk of readings in the order of their chain. */
export function chunkOf(readings: readonly PlacedReading[]): Uint8Array {
  writer.clear();
  for (const placed of readings) writer.add(placed);
  return writer.take();
}

/** Reads them again. */
export function readingsOf(chunk: Uint8Array): PlacedReading[] {
  const from = new ByteReader(chunk);
  const readings: PlacedReading[] = [];
  let before: PlacedReading | undefined;
  while (!from.isAtEnd) {
    before = readOne(before, from);
    readings.push(before);
  }
  return readings;
}

function readOne(before: PlacedReading | undefined, from: ByteReader): PlacedReading {
  const bits = from.whole();
  const order = readOrder(before?.order ?? '', from);
  const [km, qualityIndex] = [from.whole(), from.whole()];
  const isSameCell = before !== undefined && (bits & SAME_CELL) !== 0;
  const cell = isSameCell ? before.reading.cell : from.text();
  const isSameSource = before !== undefined && (bits & SAME_SOURCE) !== 0;
  const source = isSameSource ? before.reading.source : (from.text() as ChainReading['source']);
  const arrivedKm = (bits & ARRIVED) === 0 ? km : from.whole();
  const flags = (bits & FLAGS) === 0 ? [] : readFlags(from);
  return { order, reading: { km, arrivedKm, cell, source, qualityIndex, flags } };
}
