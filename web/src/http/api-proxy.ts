import { startTimer } from '@passport/runtime';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';

/** How long a server behind this one may take to begin an answer, milliseconds; the answer itself may be a stream. */
const ANSWER_MS = 60_000;

/** What a browser gets where the API does not answer (RFC 9457). */
const away = {
  type: 'urn:passport:not_ready',
  title: 'No exact answer can be given yet: try again soon.',
  status: 503,
  code: 'NOT_READY',
  detail: 'the server behind these pages does not answer',
} as const;

/**
 * The serving API under the pages' own origin, so that a browser talks to one server only. Requests and answers go
 * through as they are, proofs and payments too; streams stay open.
 */
export function apiProxy(base: string, answerMs: number = ANSWER_MS): Hono {
  const app = new Hono();
  app.all('/v1/*', (context) => pass(base, context.req.path, context.req.raw, answerMs));
  app.get('/openapi.json', (context) => pass(base, '/openapi.json', context.req.raw, answerMs));
  return app;
}

/** The bank's desk below `/bank`, likewise: who buys from a browser pays in there. */
export function bankProxy(base: string, answerMs: number = ANSWER_MS): Hono {
  const app = new Hono();
  app.all('/bank/v1/*', ({ req }) => pass(base, req.path.slice('/bank'.length), req.raw, answerMs));
  return app;
}

async function pass(
  base: string,
  path: string,
  request: Request,
  answerMs: number,
): Promise<Response> {
  const { search } = new URL(request.url);
  const headers = new Headers(request.headers);
  // The browser's words about itself are for this server; cookies there are none.
  headers.delete('Cookie');
  headers.delete('Host');
  const late = new AbortController();
  const stop = startTimer(answerMs, () => late.abort(new Error('the API does not answer')));
  try {
    const answer = await proxy(new URL(`${path}${search}`, base), {
      raw: request,
      headers,
      signal: AbortSignal.any([request.signal, late.signal]),
    });
    answer.headers.delete('Set-Cookie');
    return answer;
  } catch (error) {
    // A browser that is gone, an API that is: neither is a bug of this server.
    return Response.json(
      { ...away, detail: error instanceof Error ? away.detail : String(error) },
      { status: away.status, headers: { 'Content-Type': 'application/problem+json' } },
    );
  } finally {
    stop();
  }
}
