import type { IncomingMessage } from 'node:http';

import type { OpenSales } from '../market/open-sales.ts';
import { sellFor } from '../market/pay-for.ts';
import { isPaying } from '../market/payer.ts';
import type { PaymentHeaders, PayingRequest } from '../market/paying-request.ts';
import type { AppOptions } from './app-options.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf, problemOfFailure } from './problem.ts';
import { releasedSale } from './released-sale.ts';

/** What answering paid questions takes. */
export type PaidOptions = Pick<AppOptions, 'released' | 'onBug'> & {
  /** Without it nothing is sold. */
  readonly sales?: Pick<OpenSales, 'desk'> | undefined;
};

/** Of characters that stay as they are in a URL (WHATWG): a receipt says what was asked as the app spells it. */
const question = /^(\/v1\/released\/([a-z-]+))(\?[!$%&()*+,\-./0-9:;=?@A-Z_a-z~]+)$/;
/** What @hono/node-server takes as it is. */
const host = /^[a-z0-9._-]{1,255}(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/;

/**
 * The answer, or refusal, of a question about released batches that comes with a payment; undefined of every
 * other request, and of one that is spelled oddly: then nothing has happened yet, and the app answers it. Here it does
 * so by the same code as the route of the app, but for a web Request and Response. Never rejects.
 */
export function answerPaid(
  { released, sales, onBug }: PaidOptions,
  incoming: IncomingMessage,
): Promise<Outcome> | undefined {
  const { method, url = '' } = incoming;
  if (sales === undefined || method !== 'GET') return undefined;
  const [, pathname, view, search] = question.exec(url) ?? [];
  if (pathname === undefined || view === undefined || search === undefined) return undefined;
  const request = payingRequest(incoming);
  if (request === undefined || !isPaying(request.headers)) return undefined;
  const { desk } = sales;
  const answer = async (): Promise<Outcome> => {
    const asked = { pathname, search, searchParams: new URLSearchParams(search) };
    const accept = request.headers.get('Accept');
    return sellFor(desk, request, releasedSale({ released }, desk, { view, url: asked, accept }));
  };
  return answer().catch((error: unknown) => outcomeOf(problemOfFailure(error, onBug)));
}

/** Undefined where the app would read the request in another way. */
function payingRequest(incoming: IncomingMessage): PayingRequest | undefined {
  const { url = '', headers, rawHeaders, socket } = incoming;
  if (!host.test(headers.host ?? '') || 'encrypted' in socket) return undefined;
  if (timesOf('authorization', rawHeaders) > 1) return undefined;
  return {
    get url(): string {
      const plain = `http://${headers.host}${url}`;
      return url.includes('%') ? new URL(plain).href : plain;
    },
    headers: namedIn(headers),
    isGone: () => socket.destroyed,
  };
}

function namedIn(headers: IncomingMessage['headers']): PaymentHeaders {
  return {
    get: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : null;
    },
  };
}

/** How often a header comes: node:http keeps the first of some, where the app has all of them. */
function timesOf(name: string, rawHeaders: readonly string[]): number {
  let times = 0;
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const raw = rawHeaders[place] ?? '';
    if (raw.length === name.length && raw.toLowerCase() === name) times += 1;
  }
  return times;
}
