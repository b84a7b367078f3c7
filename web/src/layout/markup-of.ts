import { html } from 'hono/html';
import type { Child } from 'hono/jsx';

/** What components of `hono/jsx` make, as a text that is escaped already. They must not wait for anything. */
export function markupOf(node: Child): string {
  const made = html`${node}`;
  if (made instanceof Promise) throw new TypeError('a component that waits has no markup yet');
  return made.toString();
}
