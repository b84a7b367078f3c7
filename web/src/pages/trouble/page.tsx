import type { Context } from 'hono';

import type { PageEnvironment } from '../../http/page-environment.ts';
import { sendPage } from '../../layout/document.tsx';

/** There is no such page. */
export function missingPage(
  context: Context,
  environment: PageEnvironment,
): Response | Promise<Response> {
  const { title, hint, back } = environment.texts.trouble.missing;
  return sendPage(context, environment, {
    title,
    status: 404,
    children: (
      <section class="notice">
        <h1>{title}</h1>
        <p>{hint}</p>
        <p>
          <a class="button" href="/">
            {back}
          </a>
        </p>
      </section>
    ),
  });
}

/** A bug of ours. */
export function troublePage(
  context: Context,
  environment: PageEnvironment,
): Response | Promise<Response> {
  const { title, hint } = environment.texts.trouble.bug;
  return sendPage(context, environment, {
    title,
    status: 500,
    children: (
      <section class="notice">
        <h1>{title}</h1>
        <p>{hint}</p>
      </section>
    ),
  });
}
