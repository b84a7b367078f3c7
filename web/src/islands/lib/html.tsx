/** @jsxImportSource hono/jsx/dom */

/**
 * Puts in what a component of `hono/jsx` rendered to a text, which escapes all that it is given. Long lists come onto the
 * page in one step this way, which is much faster than piece by piece.
 */
export function Html({ markup }: { readonly markup: string }) {
  return <div dangerouslySetInnerHTML={{ __html: markup }} />;
}
