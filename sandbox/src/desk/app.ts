import { parseAccount, PassportError } from '@passport/model';
import { type AppEvents, createApp } from '@passport/vin-registry';
import type { Hono } from 'hono';

import type { Bank } from './bank.ts';

/** The desk's API: who pays in needs no certificate, and no account but a key. */
export function deskApp(bank: Bank, events: AppEvents): Hono {
  const app = createApp(events);
  app.post('/v1/deposits', async ({ req, json }) => json(await bank.deposit(await bodyOf(req))));
  app.post('/v1/redemptions', async ({ req, json }) => json(await bank.redeem(await bodyOf(req))));
  app.get('/v1/accounts/:account', async ({ req, json }) =>
    json(await bank.statement(parseAccount(req.param('account')))),
  );
  app.post('/v1/accounts/:account/fold', async ({ req, json }) =>
    json(await bank.fold(parseAccount(req.param('account')))),
  );
  return app;
}

async function bodyOf(request: { json(): Promise<unknown> }): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new PassportError('REQUEST_MALFORMED', 'the body is no JSON');
  }
}
