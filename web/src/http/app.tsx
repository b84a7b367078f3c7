import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';

import type { Assets } from '../assets/bundle.ts';
import { en } from '../texts/en/index.ts';
import { publicApi } from '../api/read-api.ts';
import { addCertificatePages } from '../pages/certificate/pages.tsx';
import { addConsortiumPages } from '../pages/consortium/page.tsx';
import type { ConsortiumDesk } from '../pages/consortium/read-consortium.ts';
import { addContributorPages } from '../pages/contributor/page.tsx';
import { addMarketPages } from '../pages/market/page.tsx';
import { homePage } from '../pages/home/page.tsx';
import { addLivePages } from '../pages/live/page.tsx';
import { addOwnerPages } from '../pages/owner/page.tsx';
import { addProfessionalPages } from '../pages/professional/page.tsx';
import { missingPage, troublePage } from '../pages/trouble/page.tsx';
import type { Portal } from '../portal/open-portal.ts';
import type { WatchedService } from '../watch/read-service.ts';
import { type ActionLimits, limitActions } from './action-limits.ts';
import { apiProxy, bankProxy } from './api-proxy.ts';
import { apiReader } from './api-reader.ts';
import type { PageEnvironment } from './page-environment.ts';
import { professionalRoutes } from './professional-routes.ts';
import { relayRoutes } from './relay.ts';
import { rendezvous } from './rendezvous.ts';
import { securityHeaders } from './security-headers.ts';

/** What the pages are made of. */
export type PagesOptions = {
  readonly assets: Assets;
  /** The serving API as callers know it, and where it is reached. */
  readonly apiUrl: string;
  readonly apiBase: string;
  /** Where the bank's desk is reached; without it nobody pays in from a browser. */
  readonly bankBase?: string | undefined;
  /** The member's connection to the ledger; without it people read, and do not act. */
  readonly portal?: Portal | undefined;
  readonly now: () => Date;
  /** How much one caller may do; without it nobody is kept from anything. */
  readonly limits?: ActionLimits | undefined;
  /** The consortium, where these pages have a ledger. */
  readonly consortium?: ConsortiumDesk | undefined;
  /** Services that say how they are. */
  readonly watched?: readonly WatchedService[];
  /** Whose certificates of cars are believed; nobody's without it. */
  readonly certificateIssuers?: PageEnvironment['certificateIssuers'];
  /** Hears of what should not happen. */
  readonly onBug: (error: unknown) => void;
};

/** All pages, the files that they need, and the API under the same origin. */
export function createPages(options: PagesOptions): Hono {
  const { assets, apiUrl, apiBase, bankBase, portal, consortium, now, onBug } = options;
  const { watched = [], certificateIssuers = () => Promise.resolve([]) } = options;
  const app = new Hono();
  const environment: PageEnvironment = { assets, apiUrl, certificateIssuers, texts: en };
  app.use(securityHeaders());
  app.use(csrf());
  if (options.limits !== undefined) app.route('/', limitActions(options.limits, now));
  app.route('/', apiProxy(apiBase));
  if (bankBase !== undefined) app.route('/', bankProxy(bankBase));
  if (portal !== undefined) app.route('/', relayRoutes(portal.relay));
  app.route('/', professionalRoutes(portal?.professionals));
  app.route('/', rendezvous(now));
  // What the API answers goes through as it is; its receipts are over those bytes.
  app.use(compress());
  app.get('/assets/:file', (context) => {
    const asset = assets.files.get(context.req.path);
    if (asset === undefined) return context.notFound();
    return context.body(asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });
  app.get('/', (context) => homePage(context, environment));
  addOwnerPages(app, environment);
  addProfessionalPages(app, environment);
  const api = publicApi(apiBase);
  addConsortiumPages(app, environment, { api, desk: consortium, watched });
  addLivePages(app, environment, api);
  addCertificatePages(app, environment);
  const read = apiReader(apiBase, onBug);
  addMarketPages(app, environment, { read, hasBank: bankBase !== undefined });
  addContributorPages(app, environment, { read, portal, onBug });
  app.notFound((context) => missingPage(context, environment));
  app.onError((error, context) => {
    // What a middleware refuses, such as a form of another site, is no bug.
    if (error instanceof HTTPException) return error.getResponse();
    onBug(error);
    return troublePage(context, environment);
  });
  return app;
}
