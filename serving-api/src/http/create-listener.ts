import type { IncomingMessage, RequestListener } from 'node:http';

import { getRequestListener } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';

import type { AppOptions } from './app-options.ts';
import { answerView } from './view-route.ts';

/** A question about a view, of characters that a URL has as they are: others are for the app to read. */
const question = /^\/v1\/views\/([a-z-]+)\?([!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*)$/;
/** A host as it mostly is; what an odd one comes to the app knows. */
const host = /^[a-z0-9._-]{1,255}(?::\d{1,5})?$/;

/**
 * What a server of node:http calls. Questions about views are answered here, by what the route of the app answers
 * by: a web Request and Response for each cost about as much as the answer does. Whatever is not
 * such a question, or has no answer, goes to the app, which says why.
 */
export function createListener(
  app: Pick<OpenAPIHono, 'fetch'>,
  options: Pick<AppOptions, 'mirror' | 'isFree'>,
): RequestListener {
  const ask = getRequestListener(app.fetch);
  return (incoming, outgoing) => {
    const body = viewAnswer(options, incoming);
    if (body === undefined) {
      void ask(incoming, outgoing);
      return;
    }
    outgoing.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    });
    outgoing.end(body);
  };
}

function viewAnswer(
  options: Pick<AppOptions, 'mirror' | 'isFree'>,
  { method, url = '', headers }: IncomingMessage,
): string | undefined {
  if (method !== 'GET' || !host.test(headers.host ?? '')) return undefined;
  const [, view, parameters] = question.exec(url) ?? [];
  if (view === undefined) return undefined;
  try {
    return JSON.stringify(answerView(options, view, new URLSearchParams(parameters)));
  } catch {
    // The app fails in the same way, and tells it: nothing was changed by asking.
    return undefined;
  }
}
