import type { Context } from 'hono';

import type { PageEnvironment } from '../../http/page-environment.ts';
import { Island, sendPage } from '../../layout/document.tsx';
import { doors } from '../../layout/doors.ts';

/** The first page: a door for each kind of person. */
export function homePage(
  context: Context,
  environment: PageEnvironment,
): Response | Promise<Response> {
  const { texts } = environment;
  const { title, lead, doorsTitle, factsTitle, facts, state } = texts.home;
  return sendPage(context, environment, {
    title,
    islands: ['height'],
    children: (
      <>
        <section class="hero">
          <h1>{title}</h1>
          <p class="lead">{lead}</p>
          <Island name="height" data={{ texts: state }}>
            <p class="chip" role="status">
              {state.loading}
            </p>
          </Island>
        </section>
        <section aria-labelledby="doors">
          <h2 id="doors">{doorsTitle}</h2>
          <ul class="doors">
            {doors.map((door) => (
              <li>
                <a class={`door door-${door}`} href={`/${door}`}>
                  <strong>{texts.doors[door].name}</strong>
                  <span>{texts.doors[door].promise}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="facts">
          <h2 id="facts">{factsTitle}</h2>
          <ul class="figures">
            {facts.map(({ figure, means }) => (
              <li>
                <strong>{figure}</strong> {means}
              </li>
            ))}
          </ul>
        </section>
      </>
    ),
  });
}
