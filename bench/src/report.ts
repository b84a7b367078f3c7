import { appendFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

import { type Figure, meetsTarget, targetText, toLine } from './figure.ts';

const GIB = 1024 ** 3;

/** The machine that was measured, in one line. */
export function machine(): string {
  const [first] = cpus();
  const model = first?.model.trim() ?? 'unknown processor';
  return `${cpus().length} x ${model}, ${Math.round(totalmem() / GIB)} GiB, Node ${process.version}`;
}

/** A plain table of figures, for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.figure,
    format(figure.value),
    figure.unit,
    figure.baseline === undefined ? '' : format(figure.baseline),
    figure.ratio === undefined ? '' : figure.ratio.toFixed(2),
    targetText(figure.target),
    meetsTarget(figure) ? 'ok' : 'MISSED',
  ]);
  const heading = ['figure', 'value', 'unit', 'baseline', 'ratio', 'target', ''];
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [heading, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Writes the figures to a file, one JSON object a line; an older file is replaced. */
export async function writeLines(path: string, figures: readonly Figure[]): Promise<void> {
  await writeFile(path, '');
  for (const figure of figures) await appendFile(path, `${JSON.stringify(toLine(figure))}\n`);
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
