import { z } from 'zod';

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const answer = z.union([
  z.object({
    block: z.int(),
    ledgerTime: z.string(),
    by: z.array(z.string()),
    metrics: z.array(z.object({ name: z.string(), unit: z.string() })),
    rows: z.array(z.array(cell)),
  }),
  z.object({
    block: z.int(),
    ledgerTime: z.string(),
    columns: z.array(z.object({ name: z.string(), type: z.string(), unit: z.string().nullable() })),
    rows: z.array(z.array(cell)),
  }),
]);

/** A column of an answer as it is shown. */
export type ShownColumn = {
  readonly name: string;
  readonly unit: string | null;
  readonly isNumber: boolean;
};

/** An answer as a table, whether a question or SQL was asked. */
export type ShownAnswer = {
  readonly block: number;
  readonly ledgerTime: string;
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly (readonly z.output<typeof cell>[])[];
};

const numbers = new Set(['int64', 'double']);

/** Reads an answer's JSON. Throws ZodError where it is none. */
export function shownAnswer(json: unknown): ShownAnswer {
  const read = answer.parse(json);
  const { block, ledgerTime, rows } = read;
  if ('columns' in read) {
    const { columns } = read;
    return {
      ...{ block, ledgerTime, rows },
      columns: columns.map(({ name, type, unit }) => ({ name, unit, isNumber: numbers.has(type) })),
    };
  }
  const { by, metrics } = read;
  return {
    ...{ block, ledgerTime, rows },
    columns: [
      ...by.map((name) => ({ name, unit: null, isNumber: false })),
      ...metrics.map(({ name, unit }) => ({ name, unit, isNumber: true })),
    ],
  };
}

/** One value of a chart. */
export type ChartValue = { readonly label: string; readonly value: number };

/**
 * The values of a column, each labelled by what the row is of: its texts. Whole numbers beyond 2^53 come as texts and
 * are near enough for a picture. Rows without a value are left out.
 */
export function chartValues(
  { columns, rows }: ShownAnswer,
  metric: string,
  words: { readonly any: string; readonly total: string },
): ChartValue[] {
  const place = columns.findIndex(({ name, isNumber }) => isNumber && name === metric);
  const labels = columns.flatMap(({ isNumber }, at) => (isNumber ? [] : [at]));
  return rows.flatMap((row) => {
    const raw = row[place];
    if (raw === null || raw === undefined || raw === '') return [];
    const value = Number(raw);
    if (!Number.isFinite(value)) return [];
    const texts = labels.map((at) => (row[at] === '*' ? words.any : String(row[at] ?? '')));
    return [{ label: texts.length === 0 ? words.total : texts.join(' · '), value }];
  });
}

/** Whether a chart of an answer is one through days: all its rows are of a day, and of nothing else. */
export function isByDay({ columns, rows }: ShownAnswer): boolean {
  const texts = columns.flatMap(({ isNumber }, at) => (isNumber ? [] : [at]));
  const [only, ...others] = texts;
  if (only === undefined || others.length > 0 || rows.length < 2) return false;
  return rows.every((row) => /^\d{4}-\d{2}-\d{2}$/.test(String(row[only])));
}
