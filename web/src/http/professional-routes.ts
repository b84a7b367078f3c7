import { PROOF_HEADER } from '@passport/ledger-client';
import { PassportError } from '@passport/model';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { proxy } from 'hono/proxy';

import type { ProfessionalDesk, ProvenBody } from '../professionals/professional-desk.ts';
import { failed, PRIVATE } from './failed.ts';

/** Longest request: a transaction with what its endorsers signed. */
const BODY_BYTES_MAX = 256 * 1024;

/** How long evaluator and registry may take. */
const ANSWER_MS = 30_000;

/** What professionals do with a browser: enrol, find a vehicle, have transactions prepared that they sign. */
export function professionalRoutes(desk: ProfessionalDesk | undefined): Hono {
  const app = new Hono();
  const open = (): ProfessionalDesk => {
    if (desk !== undefined) return desk;
    throw new PassportError('NOT_READY', 'these pages have no connection to the ledger');
  };
  const limited = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      throw new PassportError('REQUEST_TOO_LARGE', `a body has ${BODY_BYTES_MAX} bytes at most`);
    },
  });
  app.use('/professionals/*', limited);
  app.use('/vin/*', limited);
  app.get('/professionals/place', (context) => context.json(open().place(), 200, PRIVATE));
  app.post('/professionals/enrol', async (context) =>
    context.json(await open().enrol(await proven(context)), 200, PRIVATE),
  );
  app.get('/professionals/vehicles/:vid', async (context) => {
    const { vid } = context.req.param();
    return context.json(await open().vehicle(vid, await proven(context)), 200, PRIVATE);
  });
  app.get('/professionals/feeds', async (context) =>
    context.json(await open().feeds(await proven(context)), 200, PRIVATE),
  );
  const steps = {
    proposals: (body: unknown) => open().propose(body),
    endorsements: (body: unknown) => open().endorse(body),
    submissions: (body: unknown) => open().submit(body),
    commits: (body: unknown) => open().committed(body),
  };
  for (const [name, step] of Object.entries(steps)) {
    app.post(`/professionals/${name}`, async (context) => {
      const body: unknown = await context.req.json().catch(() => undefined);
      if (body === undefined) throw new PassportError('REQUEST_MALFORMED', 'the body is no JSON');
      return context.json(await step(body), 200, PRIVATE);
    });
  }
  // Blinded VINs and tags go through as they are, with the professional's own proofs: what passes here has no VIN in it.
  const pass = (url: string | undefined, path: string, request: Request): Promise<Response> => {
    if (url === undefined)
      throw new PassportError('NOT_READY', 'VINs are not found at these pages');
    const headers = new Headers(request.headers);
    headers.delete('Cookie');
    headers.delete('Host');
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_MS)]);
    return proxy(new URL(path, url), { raw: request, headers, signal });
  };
  app.post('/vin/evaluations', ({ req }) =>
    pass(open().place().vin?.evaluatorUrl, '/v1/evaluations', req.raw),
  );
  app.post('/vin/matches', ({ req }) =>
    pass(open().place().vin?.registryUrl, '/v1/matches', req.raw),
  );
  app.onError((error, context) => failed(context, error));
  return app;
}

async function proven(context: Context): Promise<ProvenBody> {
  const { pathname, search } = new URL(context.req.url);
  const body = new Uint8Array(await context.req.arrayBuffer());
  const proof = context.req.header(PROOF_HEADER);
  return { proof, target: `${pathname}${search}`, ...(body.length > 0 && { body }) };
}
