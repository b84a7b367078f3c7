import { Hono } from 'hono';
import { proxy } from 'hono/proxy';

/** How long the serving API may take to begin an answer. */
const ANSWER_MS = 60_000;

/**
 * The serving API under the pages' own origin, so that a browser talks to one server only. Requests and answers go
 * through as they are, proofs and payments too; streams stay open.
 */
export function apiProxy(base: string): Hono {
  const app = new Hono();
  const pass = (path: string, request: Request): Promise<Response> => {
    const { search } = new URL(request.url);
    const headers = new Headers(request.headers);
    // The browser's words about itself are for this server; cookies there are none.
    headers.delete('Cookie');
    headers.delete('Host');
    return proxy(new URL(`${path}${search}`, base), {
      raw: request,
      headers,
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_MS)]),
    });
  };
  app.all('/v1/*', (context) => pass(context.req.path, context.req.raw));
  app.get('/openapi.json', (context) => pass('/openapi.json', context.req.raw));
  return app;
}
