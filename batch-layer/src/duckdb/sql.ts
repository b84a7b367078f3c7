/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an identifier of SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A column to sort by. */
export type OrderTerm = string | { readonly column: string; readonly descending: true };

/** An ORDER BY clause, nulls last; nothing where there is nothing to sort by. */
export function orderByClause(terms: readonly OrderTerm[]): string {
  if (terms.length === 0) return '';
  const spelled = terms.map((term) =>
    typeof term === 'string'
      ? `${identifier(term)} ASC NULLS LAST`
      : `${identifier(term.column)} DESC NULLS LAST`,
  );
  return `ORDER BY ${spelled.join(', ')}`;
}
