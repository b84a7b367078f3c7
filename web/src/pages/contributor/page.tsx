import type { Hono } from 'hono';
import { z } from 'zod';

import type { ApiReader } from '../../http/api-reader.ts';
import type { PageEnvironment } from '../../http/page-environment.ts';
import { LoadingIsland, sendPage } from '../../layout/document.tsx';
import type { Portal } from '../../portal/open-portal.ts';
import { Sources, Weights } from './explained.tsx';
import { type LedgerFacts, readLedgerFacts } from './ledger-facts.ts';
import { marketSummary } from './market-summary.ts';
import { Shared } from './shared.tsx';

const status = z.looseObject({ block: z.int().nullable() });

/** What the contributors' page needs beside words and files. */
export type ContributorPagesOptions = {
  readonly read: ApiReader;
  readonly portal: Pick<Portal, 'client'> | undefined;
  /** Hears why the ledger could not be asked. */
  readonly onBug: (error: unknown) => void;
};

/** How money was shared, for everybody; what one's own earned, by the keys in the browser. */
export function addContributorPages(
  app: Hono,
  environment: PageEnvironment,
  { read, portal, onBug }: ContributorPagesOptions,
): void {
  const texts = environment.texts.contributor;
  app.get('/contributor', async (context) => {
    // First: what is read after it is as of this block, or a later one.
    const at = await read('v1/status', status);
    const [summary, facts] = await Promise.all([
      read('v1/market/summary', marketSummary),
      factsOf(portal, onBug),
    ]);
    const block = at.is === 'there' ? at.value.block : null;
    return sendPage(context, environment, {
      title: texts.title,
      door: 'contributor',
      islands: ['contributor', 'feed-health'],
      children: (
        <>
          <h1>{texts.title}</h1>
          <p class="lead">{texts.lead}</p>
          <Shared texts={texts} summary={summary} split={facts?.split} />
          {block !== null && (
            <p class="block">
              {texts.asOf} {block} {texts.orLater}
            </p>
          )}
          <section aria-labelledby="yours">
            <h2 id="yours">{texts.yours.title}</h2>
            <h3>{texts.yours.owner}</h3>
            <LoadingIsland name="contributor" texts={texts} />
            <h3>{texts.yours.source}</h3>
            <p>{texts.yours.sourceHint}</p>
            <pre tabindex={0}>{texts.yours.sourceCall}</pre>
            <p class="hint">{texts.yours.sourceProof}</p>
          </section>
          <Weights texts={texts} rules={facts?.rules} />
          <Sources texts={texts} sources={facts?.sources} />
          <section aria-labelledby="feeds">
            <h2 id="feeds">{texts.feeds.title}</h2>
            <p>{texts.feeds.lead}</p>
            <LoadingIsland
              name="feed-health"
              texts={{ loading: texts.loading, noScript: texts.feeds.noScript }}
            />
          </section>
        </>
      ),
    });
  });
}

/** Undefined where the ledger is away: the page is shown without. */
async function factsOf(
  portal: Pick<Portal, 'client'> | undefined,
  onBug: (error: unknown) => void,
): Promise<LedgerFacts | undefined> {
  if (portal === undefined) return undefined;
  try {
    return await readLedgerFacts(portal);
  } catch (error) {
    onBug(error);
    return undefined;
  }
}
