import { type Query, type ReadLimits, readColumns } from './read-columns.ts';

/** A row of texts by column. */
export type TextRow<Name extends string> = Readonly<Record<Name, string | null>>;

/** Some rows of CSV files, and how many lines there were that are no rows. */
export type TextRows<Name extends string> = {
  readonly rows: readonly TextRow<Name>[];
  readonly unreadable: number;
};

/** As {@link readColumns}, row by row, of a query whose columns are these, all texts. */
export async function* readRows<Name extends string>(
  names: readonly Name[],
  query: Query,
  limits: ReadLimits,
  signal?: AbortSignal,
): AsyncGenerator<TextRows<Name>> {
  const chunks = readColumns(query, limits, signal);
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) {
        yield { rows: [], unreadable: value };
        return;
      }
      const columns = names.map((_, column) => value.texts(column));
      const rows = Array.from({ length: value.rows }, (_, row) => {
        const cells = names.map((name, column) => [name, columns[column]?.[row] ?? null]);
        return Object.fromEntries(cells) as TextRow<Name>;
      });
      yield { rows, unreadable: 0 };
    }
  } finally {
    await chunks.return(0);
  }
}
