import { PROOF_HEADER, type RelayDesk } from '@passport/ledger-client';
import { PassportError } from '@passport/model';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { failed, PRIVATE } from './failed.ts';

/** Longest request: a hand-over with the keys of fourteen years. */
const BODY_BYTES_MAX = 256 * 1024;

/** The relay over HTTP: what people signed goes to the ledger, and what is theirs is read from it. */
export function relayRoutes(relay: RelayDesk | undefined): Hono {
  const app = new Hono();
  const open = (): RelayDesk => {
    if (relay !== undefined) return relay;
    throw new PassportError('NOT_READY', 'these pages have no connection to the ledger');
  };
  app.get('/relay', (context) => context.json(open().place(), 200, PRIVATE));
  app.post(
    '/relay/:contract/:function',
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new PassportError('REQUEST_TOO_LARGE', `a body has ${BODY_BYTES_MAX} bytes at most`);
      },
    }),
    async (context) => {
      const { contract, function: name } = context.req.param();
      const body: unknown = await context.req.json().catch(() => undefined);
      if (body === undefined) throw new PassportError('REQUEST_MALFORMED', 'the body is no JSON');
      return context.json(await open().submit(contract, name, body), 200, PRIVATE);
    },
  );
  app.get('/relay/:contract/:function', async (context) => {
    const { contract, function: name } = context.req.param();
    const { pathname, search } = new URL(context.req.url);
    const answer = await open().read(contract, name, {
      proof: context.req.header(PROOF_HEADER),
      target: `${pathname}${search}`,
      query: context.req.query(),
    });
    return context.json({ answer }, 200, PRIVATE);
  });
  app.onError((error, context) => failed(context, error));
  return app;
}
