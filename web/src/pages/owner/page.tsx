import type { Hono } from 'hono';

import type { PageEnvironment } from '../../http/page-environment.ts';
import { LoadingIsland, sendPage } from '../../layout/document.tsx';

/** The owner's page. All that is an owner's is opened in the browser; this server sends the same page to everybody. */
export function addOwnerPages(app: Hono, environment: PageEnvironment): void {
  const { title, lead, loading, noScript } = environment.texts.owner;
  app.get('/owner', (context) =>
    sendPage(context, environment, {
      title,
      door: 'owner',
      islands: ['owner'],
      children: (
        <>
          <h1>{title}</h1>
          <p class="lead">{lead}</p>
          <LoadingIsland name="owner" texts={{ loading, noScript }} />
        </>
      ),
    }),
  );
}
