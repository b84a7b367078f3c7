import type { Hono } from 'hono';

import type { PageEnvironment } from '../../http/page-environment.ts';
import { LoadingIsland, sendPage } from '../../layout/document.tsx';

/** The professionals' page: keys and VINs stay in the browser, so this server sends the same page to everybody. */
export function addProfessionalPages(app: Hono, environment: PageEnvironment): void {
  const { title, lead, loading, noScript } = environment.texts.professional;
  app.get('/professional', (context) =>
    sendPage(context, environment, {
      title,
      door: 'professional',
      islands: ['professional'],
      children: (
        <>
          <h1>{title}</h1>
          <p class="lead">{lead}</p>
          <LoadingIsland name="professional" texts={{ loading, noScript }} />
        </>
      ),
    }),
  );
}
