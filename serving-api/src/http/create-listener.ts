import type { IncomingMessage, RequestListener } from 'node:http';

import { getRequestListener } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';

import type { AppOptions } from './app-options.ts';
import { type Outcome, writeOutcome } from './outcome.ts';
import { answerPaid, type PaidOptions } from './paid-question.ts';
import { TurnEnd } from './turn-end.ts';
import { answerView } from './view-route.ts';

/** What is answered in front of the app takes. */
export type ListenerOptions = Pick<AppOptions, 'mirror' | 'isFree'> & PaidOptions;

/** A question about a view, of characters that a URL has as they are: others are for the app to read. */
const question = /^\/v1\/views\/([a-z-]+)\?([!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*)$/;
/** A host as it mostly is; what an odd one comes to the app knows. */
const host = /^[a-z0-9._-]{1,255}(?::\d{1,5})?$/;

/**
 * What a server of node:http calls. Questions about views, and paid ones about released batches, are answered here, by
 * what the routes of the app answer by: a web Request and Response for each cost about as much as the
 * answer does. Whatever is no such question goes to the app.
 */
export function createListener(
  app: Pick<OpenAPIHono, 'fetch'>,
  options: ListenerOptions,
  turnEnd: Pick<TurnEnd, 'add'> = new TurnEnd(),
): RequestListener {
  const ask = getRequestListener(app.fetch);
  return (incoming, outgoing) => {
    const view = viewAnswer(options, incoming);
    if (view !== undefined) {
      turnEnd.add(() => writeOutcome(outgoing, view));
      return;
    }
    const paid = answerPaid(options, incoming);
    if (paid === undefined) void ask(incoming, outgoing);
    else void paid.then((outcome) => turnEnd.add(() => writeOutcome(outgoing, outcome)));
  };
}

function viewAnswer(
  options: Pick<AppOptions, 'mirror' | 'isFree'>,
  { method, url = '', headers }: IncomingMessage,
): Outcome | undefined {
  if (method !== 'GET' || !host.test(headers.host ?? '')) return undefined;
  const [, view, parameters] = question.exec(url) ?? [];
  if (view === undefined) return undefined;
  try {
    const answer = answerView(options, view, new URLSearchParams(parameters));
    const body = JSON.stringify(answer);
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  } catch {
    // The app fails in the same way, and tells it: nothing was changed by asking.
    return undefined;
  }
}
