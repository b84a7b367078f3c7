import { productList } from '@passport/client/products';
import type { Context, Hono } from 'hono';

import type { ApiAnswer, ApiReader } from '../../http/api-reader.ts';
import type { PageEnvironment } from '../../http/page-environment.ts';
import { LoadingIsland, sendPage } from '../../layout/document.tsx';
import type { Texts } from '../../texts/en/index.ts';
import { missingPage } from '../trouble/page.tsx';
import { type CatalogueSearch, ProductCards, SearchForm } from './catalogue.tsx';
import { type ProductDetail, productDetail } from './products.ts';
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
  app.get('/market', async (context) => {
    const { q = '', purpose = '' } = context.req.query();
    return cataloguePage(context, environment, read, { q: q.slice(0, 200), purpose });
  });
  app.get('/market/:product', async (context) => {
    const name = encodeURIComponent(context.req.param('product'));
    const answer = await read(`v1/products/${name}`, productDetail);
    return productPage(context, environment, answer, hasBank);
  });
  app.get('/market-account', (context) => accountPage(context, environment, hasBank));
}

async function cataloguePage(
  context: Context,
  environment: PageEnvironment,
  read: ApiReader,
  search: CatalogueSearch,
): Promise<Response> {
  const texts = environment.texts.market;
  const asked = new URLSearchParams();
  if (search.q !== '') asked.set('q', search.q);
  if (search.purpose !== '') asked.set('purpose', search.purpose);
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
        <SearchForm texts={texts} search={search} />
        {answer.is === 'there' ? (
          <ProductCards texts={texts} products={answer.value.products} />
        ) : (
          <Away texts={texts} />
        )}
      </>
    ),
  });
}

function productPage(
  context: Context,
  environment: PageEnvironment,
  answer: ApiAnswer<ProductDetail>,
  hasBank: boolean,
): Response | Promise<Response> {
  const texts = environment.texts.market;
  switch (answer.is) {
    case 'missing':
      return missingPage(context, environment);
    case 'away':
      return sendPage(context, environment, {
        ...{ title: texts.title, door: 'market', status: 503 },
        children: (
          <>
            <h1>{texts.title}</h1>
            <Away texts={texts} />
          </>
        ),
      });
    case 'there':
      return sendPage(context, environment, {
        ...{ title: answer.value.title, door: 'market', islands: ['market'] },
        children: <ProductView texts={texts} product={answer.value} hasBank={hasBank} />,
      });
  }
}

function accountPage(
  context: Context,
  environment: PageEnvironment,
  hasBank: boolean,
): Response | Promise<Response> {
  const texts = environment.texts.market;
  return sendPage(context, environment, {
    ...{ title: texts.account, door: 'market', islands: ['market-account'] },
    children: (
      <>
        <p>
          <a href="/market">{texts.product.back}</a>
        </p>
        <h1>{texts.account}</h1>
        <p class="lead">{texts.usage.lead}</p>
        <LoadingIsland name="market-account" data={{ hasBank }} texts={texts} />
      </>
    ),
  });
}

function Away({ texts }: { readonly texts: Texts['market'] }) {
  return <p class="notice notice-warn">{texts.away}</p>;
}
