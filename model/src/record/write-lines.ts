import type { LogRow } from '../fold/log-row.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Which of a union of nothing and something it is. */
const NOTHING = 0;
const SOMETHING = 1;

/** Writes lines as linesSchema has them: by hand, for this is most of what a record is made of. */
export function writeLines(
  blocks: readonly { readonly rows: readonly LogRow[] }[],
  to: ByteWriter,
) {
  const lines = blocks.reduce((sum, { rows }) => sum + rows.length, 0);
  if (lines > 0) to.whole(lines);
  for (const { rows } of blocks) for (const row of rows) writeLine(row, to);
  to.whole(0);
}

/** Writes lines that are bytes already, as {@link writeLine} made them. */
export function writeLineBytes(count: number, lines: Uint8Array, to: ByteWriter): void {
  if (count > 0) to.whole(count);
  to.raw(lines);
  to.whole(0);
}

/** Writes one line as rowSchema has it. Throws RangeError where a number is too large. */
export function writeLine(row: LogRow, to: ByteWriter): void {
  const { place } = row;
  to.whole(row.block);
  to.int(row.tx);
  to.int(row.index);
  to.text(row.vid);
  to.text(row.kind);
  to.text(row.at);
  to.whole(row.recordedAtMs);
  to.whole(place === null ? NOTHING : SOMETHING);
  if (place !== null) to.text(place.source);
  to.int(place?.entry ?? 0);
  to.int(place?.index ?? 0);
  writeOptional(row.odometerKm, to);
  writeOptional(row.quality, to);
  to.text(row.detail);
}

function writeOptional(value: number | null, to: ByteWriter): void {
  to.whole(value === null ? NOTHING : SOMETHING);
  if (value !== null) to.int(value);
}
