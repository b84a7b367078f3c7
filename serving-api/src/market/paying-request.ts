import type { Context } from 'hono';

/** Headers as they are asked for, by names in any case; null of what there is not. */
export type PaymentHeaders = Pick<Headers, 'get'>;

/** What selling reads of a request. */
export type PayingRequest = {
  readonly url: string;
  readonly headers: PaymentHeaders;
  /** Whether who has sent it has hung up. */
  readonly isGone: () => boolean;
};

/** What @hono/node-server puts beside a request: the connection that it came by. */
type Connected = { readonly incoming?: { readonly socket?: { readonly destroyed: boolean } } };

/**
 * The request of a route. Whether its sender is there is read off the connection, where there is one: a
 * request's own signal is made with all of a web Request, which costs more than the rest of a sale.
 */
export function payingRequest({ req, env }: Context): PayingRequest {
  const { raw } = req;
  const { url, headers } = raw;
  const socket = (env as Connected | undefined)?.incoming?.socket;
  if (socket !== undefined) return { url, headers, isGone: () => socket.destroyed };
  const { signal } = raw;
  return { url, headers, isGone: () => signal.aborted };
}
