/**
 * Views of which a statement can read the table, `released_` and the view's name: those whose table is a word of it, in
 * any case; all, where none is. A word may stand in a comment: the statement is not understood, so what it reads is
 * among these. The guard refuses tables that are not words of the statement.
 */
export function viewsInSql<View extends string>(sql: string, views: readonly View[]): View[] {
  const read = views.filter((view) =>
    new RegExp(`(?<![A-Za-z0-9_])released_${view}(?![A-Za-z0-9_])`, 'i').test(sql),
  );
  return read.length === 0 ? [...views] : read;
}
