import type { OpenAPIHono } from '@hono/zod-openapi';
import { parse } from '@passport/model';

import { FailedStatements } from '../market/failed-statements.ts';
import { limitBody } from './limit-body.ts';
import type { MarketParts } from './market-parts.ts';
import * as described from './market-descriptions.ts';
import { answerSql, type SqlSelling } from './sql-route.ts';

/** Catalogue and SQL. */
export function addMarketRoutes(
  app: OpenAPIHono,
  { catalogue, sql }: MarketParts,
  options: SqlSelling,
): void {
  const failed = new FailedStatements();
  // Parameters are read once, here; the routes are there for who reads the API.
  for (const route of Object.values(described.marketRoutes))
    app.openAPIRegistry.registerPath(route);
  app.get('/v1/products', async (context) => {
    const asked = parse(described.productSearch, context.req.query(), 'QUERY_INVALID');
    const { q = '', purpose, view } = asked;
    const words = q.split(/\s+/).filter((word) => word !== '');
    return context.json({ products: await catalogue.search({ words, purpose, view }) }, 200);
  });
  app.get('/v1/products/:name', async (context) => {
    const { origin, pathname } = new URL(context.req.url);
    const detail = await catalogue.detail(context.req.param('name'), `${origin}${pathname}`);
    // Of samples, whole numbers beyond 2^53 are texts, as in every answer.
    const text = JSON.stringify(detail, (_, cell: unknown) =>
      typeof cell === 'bigint' ? String(cell) : cell,
    );
    return context.body(text, 200, { 'Content-Type': 'application/json' });
  });
  app.post('/v1/sql', limitBody, (context) =>
    answerSql({ catalogue, sql, failed, ...options }, context),
  );
}
