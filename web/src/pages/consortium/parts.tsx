import type { Child } from 'hono/jsx';

import type { Flow } from '../../charts/sankey-layout.ts';
import { sankey } from '../../charts/sankey.ts';
import { Picture } from '../../layout/document.tsx';
import type { Texts } from '../../texts/en/index.ts';

/** What all parts of the page get. */
export type Words = { readonly texts: Texts; readonly language: string };

/** A part of the page, with a name that links reach. */
export function Part({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: Child;
}) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** What could not be read says so, and the rest of the page stands. */
export function Missing({ texts }: Words) {
  const { title, hint } = texts.consortium.missing;
  return (
    <div class="notice notice-warn">
      <p>
        <strong>{title}</strong>
      </p>
      <p>{hint}</p>
    </div>
  );
}

/** A table that scrolls inside itself, and can be reached with the keyboard for that. */
export function Table({
  caption,
  head,
  children,
}: {
  readonly caption: string;
  readonly head: readonly (string | { readonly number: string })[];
  readonly children: Child;
}) {
  return (
    <div class="table" role="region" aria-label={caption} tabindex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell) =>
              typeof cell === 'string' ? (
                <th scope="col">{cell}</th>
              ) : (
                <th scope="col" class="number">
                  {cell.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A picture that keeps its size on a phone, and scrolls there. */
export function Wide({ svg, label }: { readonly svg: string; readonly label: string }) {
  return (
    <div class="wide" role="region" aria-label={label} tabindex={0}>
      <Picture svg={svg} />
    </div>
  );
}

/** Flows as a Sankey picture, and the same numbers as a table. */
export function Flows({
  id,
  title,
  flows,
  nameOf,
  textOf,
  texts,
}: Pick<Words, 'texts'> & {
  readonly id: string;
  readonly title: string;
  readonly flows: readonly Flow[];
  readonly nameOf: (name: string) => string;
  readonly textOf: (value: bigint) => string;
}) {
  const { describe, table, from, to, amount } = texts.consortium.money;
  const words = { id, title, description: describe(flows.length), nameOf, textOf };
  return (
    <>
      <Wide svg={sankey(flows, words)} label={title} />
      <details>
        <summary>{table}</summary>
        <Table caption={title} head={[from, to, { number: amount }]}>
          {flows.map((flow) => (
            <tr>
              <td>{nameOf(flow.from)}</td>
              <td>{nameOf(flow.to)}</td>
              <td class="number">{textOf(flow.value)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </>
  );
}
