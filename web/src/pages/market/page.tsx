import type { Hono } from 'hono';

import type { ApiReader } from '../../http/api-reader.ts';
import type { PageEnvironment } from '../../http/page-environment.ts';
import { Island, sendPage } from '../../layout/document.tsx';
import { missingPage } from '../trouble/page.tsx';
import { ProductCards, SearchForm } from './catalogue.tsx';
import { productDetail, productList } from './products.ts';
import { ProductView } from './product.tsx';

/** What the market's pages need beside words and files. */
export type MarketPagesOptions = {
  readonly read: ApiReader;
  /** Whether the portal leads to a bank, below `/bank`. */
  readonly hasBank: boolean;
};

/** The market: its catalogue, each product, and what a buyer has. */
export function addMarketPages(
  app: Hono,
  environment: PageEnvironment,
  { read, hasBank }: MarketPagesOptions,
): void {
  const texts = environment.texts.market;
  const away = <p class="notice notice-warn">{texts.away}</p>;
  app.get('/market', async (context) => {
    const { q = '', purpose = '' } = context.req.query();
    const asked = new URLSearchParams();
    if (q !== '') asked.set('q', q.slice(0, 200));
    if (purpose !== '') asked.set('purpose', purpose);
    const answer = await read(`v1/products?${asked}`, productList);
    return sendPage(context, environment, {
      title: texts.title,
      door: 'market',
      status: answer.is === 'there' ? 200 : 503,
      children: (
        <>
          <h1>{texts.title}</h1>
          <p class="lead">{texts.lead}</p>
          <p>
            <a class="button button-quiet" href="/market-account">
              {texts.account}
            </a>
          </p>
          <SearchForm texts={texts} search={{ q, purpose }} />
          {answer.is === 'there' ? (
            <ProductCards texts={texts} products={answer.value.products} />
          ) : (
            away
          )}
        </>
      ),
    });
  });
  app.get('/market/:product', async (context) => {
    const name = encodeURIComponent(context.req.param('product'));
    const answer = await read(`v1/products/${name}`, productDetail);
    if (answer.is === 'missing') return missingPage(context, environment);
    const isThere = answer.is === 'there';
    return sendPage(context, environment, {
      title: isThere ? answer.value.title : texts.title,
      door: 'market',
      islands: isThere ? ['market'] : [],
      status: isThere ? 200 : 503,
      children: isThere ? (
        <ProductView texts={texts} product={answer.value} hasBank={hasBank} />
      ) : (
        <>
          <h1>{texts.title}</h1>
          {away}
        </>
      ),
    });
  });
  app.get('/market-account', (context) =>
    sendPage(context, environment, {
      title: texts.account,
      door: 'market',
      islands: ['market-account'],
      children: (
        <>
          <p>
            <a href="/market">{texts.product.back}</a>
          </p>
          <h1>{texts.account}</h1>
          <p class="lead">{texts.usage.lead}</p>
          <Island name="market-account" data={{ hasBank }}>
            <div class="loading" role="status">
              {texts.loading}
            </div>
            <noscript>
              <p class="notice">{texts.noScript}</p>
            </noscript>
          </Island>
        </>
      ),
    }),
  );
}
