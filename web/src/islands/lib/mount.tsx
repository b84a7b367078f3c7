/** @jsxImportSource hono/jsx/dom */
import type { FC } from 'hono/jsx';
import { render } from 'hono/jsx/dom';

/**
 * Brings an island to life wherever a page has a place for it. Its properties come from the page that this server
 * rendered, so they have the shape that the page was typed with.
 */
export function mountIsland<Props extends object>(name: string, Component: FC<Props>): void {
  for (const place of document.querySelectorAll<HTMLElement>(`[data-island="${name}"]`)) {
    const props = JSON.parse(place.dataset['props'] ?? '{}') as Props;
    place.replaceChildren();
    render(<Component {...props} />, place);
    place.dataset['alive'] = 'true';
  }
}
