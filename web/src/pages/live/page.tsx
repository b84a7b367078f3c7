import type { Context, Hono } from 'hono';

import type { PublicApi } from '../../api/read-api.ts';
import type { PageEnvironment } from '../../http/page-environment.ts';
import { Island, sendPage } from '../../layout/document.tsx';
import { LiveView } from './live-view.tsx';
import { regionMap } from './region-cells.ts';

/** Adds the live page. Without scripts it stands still, and is right all the same. */
export function addLivePages(app: Hono, environment: PageEnvironment, api: PublicApi): void {
  app.get('/live', (context) => livePage(context, environment, api));
}

async function livePage(
  context: Context,
  environment: PageEnvironment,
  api: PublicApi,
): Promise<Response> {
  const [all, height] = await Promise.all([api.figures(), api.height()]);
  const { texts } = environment;
  const map = regionMap(all?.regions.map(({ region }) => region) ?? []);
  const { releases = [], ...rest } = all ?? {};
  const figures = all === undefined ? undefined : (rest as Omit<typeof all, 'releases'>);
  return sendPage(context, environment, {
    title: texts.live.title,
    door: 'live',
    islands: ['live'],
    children: (
      <>
        <h1>{texts.live.title}</h1>
        <p class="lead">{texts.live.lead}</p>
        <Island name="live" data={{ figures, releases, height, map }}>
          <LiveView
            {...{ figures, releases, height, map, moved: [], connection: 'still' }}
            words={texts.live}
            language={texts.language}
          />
        </Island>
      </>
    ),
  });
}
