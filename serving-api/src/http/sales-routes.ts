import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { commandId, type KeyId, keyId, parse, PassportError, signedCommand } from '@passport/model';

import { tabOrders } from '../market/market-ledger.ts';
import type { OpenSales } from '../market/open-sales.ts';
import { openSession, sessionRequest } from '../market/open-session.ts';
import { readPage, tabUsage, usageOf } from '../market/usage.ts';
import type { AppOptions } from './app-options.ts';
import { failure, json } from './describe.ts';
import { bodyOf, requesterOf } from './requester.ts';

const PRIVATE = { 'Cache-Control': 'no-store' };
const anything = z.record(z.string(), z.unknown());
const orderRequest = z.strictObject({ order: z.enum(tabOrders), command: signedCommand });

const relayCommand = createRoute({
  method: 'post',
  path: '/v1/tabs',
  summary: "Bring a buyer's signed command about a tab to the ledger",
  request: {
    body: {
      content: {
        'application/json': {
          schema: z.object({ order: z.enum(tabOrders), command: z.string() }),
        },
      },
    },
  },
  responses: {
    200: json(anything, 'the tab as it is now'),
    400: failure('the command cannot be read'),
    403: failure('it is not signed by whose it is'),
    409: failure('the ledger refuses it'),
    503: failure('nothing is sold here, or the ledger is away'),
  },
});

const readTerms = createRoute({
  method: 'get',
  path: '/v1/market/terms',
  summary: 'What a buyer has to know before opening a tab: operator, ledger, keys, periods',
  responses: {
    200: json(anything, 'the terms'),
    503: failure('nothing is sold here'),
  },
});

const openASession = createRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'Open a session that rests on a voucher signed ahead; the voucher is what is at stake',
  request: {
    body: {
      content: {
        'application/json': {
          schema: z.object({
            voucher: z.string(),
            spend: z.string().optional(),
            seconds: z.int().optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: json(anything, 'a credential for Authorization: Passport-Session'),
    400: failure('the voucher cannot be read'),
    403: failure('the voucher is not of this market'),
    404: failure('no such tab'),
    409: failure('the tab or the voucher does not allow it'),
    503: failure('nothing is sold here, or the ledger is away'),
  },
});

const readUsage = createRoute({
  method: 'get',
  path: '/v1/buyers/me/usage',
  summary: 'What the key that proves itself has bought: tabs, receipts, credits',
  responses: {
    200: json(anything, 'the usage'),
    401: failure('the request has to prove a key'),
    503: failure('nothing is sold here, or the ledger is away'),
  },
});

const readTab = createRoute({
  method: 'get',
  path: '/v1/tabs/{tab}',
  summary: 'A tab of the key that proves itself: on the ledger, and what is charged on it since',
  request: { params: z.object({ tab: z.string() }) },
  responses: {
    200: json(anything, 'the tab'),
    401: failure('the request has to prove a key'),
    404: failure('the key has no such tab'),
    503: failure('nothing is sold here, or the ledger is away'),
  },
});

/** Tabs, sessions, and what a buyer has bought. */
export function addSalesRoutes(app: OpenAPIHono, options: AppOptions): void {
  for (const route of [readTerms, relayCommand, openASession, readUsage, readTab]) {
    app.openAPIRegistry.registerPath(route);
  }
  app.get('/v1/market/terms', (context) => context.json(salesOf(options).terms, 200));
  app.post('/v1/tabs', async (context) => {
    const { ledger, desk } = salesOf(options);
    const { order, command } = parse(orderRequest, await bodyOf(context.req.raw));
    const tab = await ledger.relay(order, command);
    if (order === 'closeTab' && options.settlement !== undefined) {
      options.settlement.settler.noteClosing(tab);
      await options.settlement.wake();
    }
    return context.json(await desk.tabs.refresh(tab.buyer, tab.tab), 200, PRIVATE);
  });
  app.post('/v1/sessions', async (context) => {
    const { desk } = salesOf(options);
    const body = parse(sessionRequest, await bodyOf(context.req.raw));
    return context.json(await openSession(desk, body), 200, PRIVATE);
  });
  app.get('/v1/buyers/me/usage', async (context) => {
    const sales = salesOf(options);
    const buyer = await buyerOf(sales, context.req.raw);
    const before = readPage(new URL(context.req.url));
    const parts = { ...sales, settled: options.settlement };
    return context.json(await usageOf(parts, buyer, before), 200, PRIVATE);
  });
  app.get('/v1/tabs/:tab', async (context) => {
    const sales = salesOf(options);
    const buyer = await buyerOf(sales, context.req.raw);
    const tab = await sales.desk.tabs.get(buyer, parse(commandId, context.req.param('tab')));
    return context.json(tabUsage(sales.desk, tab), 200, PRIVATE);
  });
}

function salesOf({ sales }: AppOptions): NonNullable<AppOptions['sales']> {
  if (sales !== undefined) return sales;
  throw new PassportError('NOT_READY', 'nothing is sold here');
}

async function buyerOf(
  proving: Pick<OpenSales, 'proofs' | 'publicUrl'>,
  request: Pick<Request, 'method' | 'url' | 'headers'>,
): Promise<KeyId> {
  return parse(keyId, (await requesterOf(proving, request)).keyId);
}
