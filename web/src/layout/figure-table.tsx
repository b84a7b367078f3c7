import type { Child } from 'hono/jsx';

/** A column: its name, and whether it has figures. */
export type Column = { readonly name: string; readonly isNumber?: boolean };

/**
 * A table of figures, which is read on a phone by moving it sideways. Islands take it as markup (`markupOf`), as they take
 * pictures.
 */
export function FigureTable({
  label,
  columns,
  rows,
}: {
  /** What it is called by those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Child[])[];
}) {
  const look = (at: number) => (columns[at]?.isNumber === true ? { class: 'number' } : {});
  return (
    <div class="table" tabindex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name }, at) => (
              <th scope="col" {...look(at)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr>
              {cells.map((cell, at) => (
                <td {...look(at)}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
