import type { RelayDesk } from '@passport/ledger-client';
import { PassportError } from '@passport/model';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { failed } from './failed.ts';

/** Two commands of the longest that there are, and room. */
const BODY_BYTES_MAX = 256 * 1024;

/** What answers: a `RelayDesk`. */
export type Relay = Pick<RelayDesk, 'place' | 'submit' | 'read'>;

/** The ledger for people who have no connection to it: `/relay`, as `HttpRelay` asks it. */
export function relayRoutes(desk: Relay): Hono {
  const app = new Hono();
  app.use('/relay/*', async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
  app.get('/relay', (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(desk.place());
  });
  app.post('/relay/:contract/:function', limited(), async (context) => {
    const { contract, function: name } = context.req.param();
    const body: unknown = await context.req.json().catch(() => {
      throw new PassportError('REQUEST_MALFORMED', 'the body is no JSON');
    });
    return context.json(await desk.submit(contract, name, body));
  });
  app.get('/relay/:contract/:function', async (context) => {
    const { contract, function: name } = context.req.param();
    const { pathname, search } = new URL(context.req.url);
    const answer = await desk.read(contract, name, {
      proof: context.req.header('DPoP'),
      target: `${pathname}${search}`,
      query: context.req.query(),
    });
    return context.json({ answer });
  });
  app.onError((error, context) => failed(context, error));
  return app;
}

function limited() {
  return bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      throw new PassportError('REQUEST_TOO_LARGE', `a relay takes ${BODY_BYTES_MAX} bytes at most`);
    },
  });
}
