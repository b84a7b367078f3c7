/** A table that SQL reads. */
export type SqlTable = {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

/** A statement to begin with. */
export type SqlExample = { readonly title: string; readonly sql: string };

/** Columns of every table that say how many stand behind a batch, and when it left. */
const crowd = new Set(['released_block', 'vehicles', 'owners', 'contributors']);

/**
 * Statements that each table of a product can answer: sums by a dimension, the same by month, what was released last.
 */
export function sqlExamples(tables: readonly SqlTable[]): SqlExample[] {
  return tables.flatMap(({ name, columns }) => {
    const dimension = columns.find(({ type, name: one }) => type === 'VARCHAR' && one !== 'day');
    const measure = columns.find(({ type, name: one }) => type === 'BIGINT' && !crowd.has(one));
    if (dimension === undefined || measure === undefined) return [];
    const [by, sum] = [quoted(dimension.name), quoted(measure.name)];
    const total = `sum(${sum}) AS ${sum}`;
    const examples = [
      {
        title: `${measure.name} by ${dimension.name}`,
        sql: `SELECT ${by}, ${total}, sum(vehicles) AS vehicles\nFROM ${name}\nGROUP BY ${by}\nORDER BY ${sum} DESC`,
      },
      {
        title: `what was released last of ${name}`,
        sql: `SELECT released_block, count(*) AS batches, ${total}\nFROM ${name}\nGROUP BY released_block\nORDER BY released_block DESC`,
      },
    ];
    if (!columns.some((one) => one.name === 'day')) return examples;
    const byMonth = {
      title: `${measure.name} by month`,
      sql: `SELECT left(day, 7) AS month, ${total}\nFROM ${name}\nWHERE day <> '*'\nGROUP BY month\nORDER BY month`,
    };
    return [...examples, byMonth];
  });
}

function quoted(name: string): string {
  return `"${name}"`;
}
