import { PackWriter } from './pack-writer.ts';
import type { SumTable } from './sum-table.ts';

/** Sums of a view's cells, as the store takes them. */
export type PackedRows = {
  readonly view: string;
  /** What the numbers of a row are. */
  readonly measures: readonly string[];
  /** In MessagePack: a list of cell, row, cell, row …; a row is a list of numbers in MessagePack itself. */
  readonly rows: Buffer;
};

const writer = new PackWriter();

/** The rows of each view, but those that came to nothing: views of such rows only are left out. */
export function packRows(table: SumTable): PackedRows[] {
  const packed: PackedRows[] = [];
  for (const { view, cells, sums, width, measures: numbers } of table.views) {
    const began = writer.beginList();
    let items = 0;
    for (let row = 0; row < cells.count; row += 1) {
      const start = row * width;
      if (isNothing(sums, start, numbers.length)) continue;
      writer.text(cells.words, cells.startOf(row), cells.endOf(row));
      writer.numbers(sums, start, numbers.length);
      items += 2;
    }
    writer.endList(began, items);
    const rows = writer.take();
    const measures = numbers.map((measure) => table.measureName(measure));
    if (items > 0) packed.push({ view, measures, rows });
  }
  return packed;
}

function isNothing(sums: Float64Array, start: number, count: number): boolean {
  for (let place = start; place < start + count; place += 1) {
    if ((sums[place] ?? 0) !== 0) return false;
  }
  return true;
}
