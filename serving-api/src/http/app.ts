import { OpenAPIHono } from '@hono/zod-openapi';
import { PassportError, VIEW_DEFINITIONS, type View, views } from '@passport/model';
import type { Context } from 'hono';

import { payingRequest } from '../market/paying-request.ts';
import type { AppOptions } from './app-options.ts';
import { addCertificateRoutes } from './certificate-routes.ts';
import { askDriving } from './driving-description.ts';
import { answerDriving } from './driving-route.ts';
import { addErasureRoutes } from './erasure-routes.ts';
import { limitBody } from './limit-body.ts';
import { addLiveRoutes } from './live-routes.ts';
import { addMarketRoutes } from './market-routes.ts';
import { problemOfFailure, sendProblem } from './problem.ts';
import { answerReleased, queryReleased } from './released-route.ts';
import * as routes from './routes.ts';
import { addSalesRoutes } from './sales-routes.ts';
import { addSettlementRoutes } from './settlement-routes.ts';
import { readStatus } from './status.ts';
import { addVehicleRoutes } from './vehicle-routes.ts';
import { answerView } from './view-route.ts';

/** The HTTP API. */
export function createApp(options: AppOptions): OpenAPIHono {
  const fail = (error: unknown, context: Context): Response =>
    sendProblem(context, problemOfFailure(error, options.onBug));
  const app = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      return fail(new PassportError('QUERY_INVALID', issue?.message ?? 'unreadable'), context);
    },
  });
  app.onError(fail);
  app.notFound((context) =>
    fail(new PassportError('ROUTE_UNKNOWN', 'see /openapi.json for what there is'), context),
  );
  app.openapi(routes.listViews, (context) => context.json(allViews, 200));
  // Parameters of these are read by the model, once; the routes are there for who reads the API.
  app.openAPIRegistry.registerPath(routes.queryView);
  app.openAPIRegistry.registerPath(queryReleased);
  app.get('/v1/views/:view', (context) => {
    const { searchParams } = new URL(context.req.url);
    return context.json(answerView(options, context.req.param('view'), searchParams), 200);
  });
  app.get('/v1/released/:view', (context) =>
    answerReleased(options, context.req.param('view'), payingRequest(context)),
  );
  app.openAPIRegistry.registerPath(askDriving);
  app.post('/v1/driving', limitBody, (context) => answerDriving(options, context));
  addSalesRoutes(app, options);
  addSettlementRoutes(app, options);
  addVehicleRoutes(app, options);
  addErasureRoutes(app, options);
  addCertificateRoutes(app, options);
  if (options.market !== undefined) addMarketRoutes(app, options.market, options);
  if (options.live !== undefined) addLiveRoutes(app, options.live);
  app.openapi(routes.readStatus, async (context) => context.json(await readStatus(options), 200));
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Connected Car Passport', version: '1' },
  });
  return app;
}

const allViews = {
  definitions: VIEW_DEFINITIONS,
  views: Object.values<View>(views).map(({ name, means, dimensions, metrics }) => ({
    name,
    means,
    dimensions: dimensions.map((dimension) => ({ name: dimension.name, means: dimension.means })),
    metrics: Object.entries(metrics).map(([metric, { unit, means: what }]) => ({
      name: metric,
      unit,
      means: what,
    })),
  })),
};
