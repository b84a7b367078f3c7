import { isIP, isIPv6 } from 'node:net';

import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/** Of a caller whose address nobody knows: they count as one. */
const UNKNOWN = 'unknown';

/**
 * Whom a request counts for: an IPv4 address, or the /64 of an IPv6 address, which is what one subscriber has. Behind
 * `trustedProxies` proxies it is the address that the first of them saw: each adds one to `X-Forwarded-For`, at its
 * end, and what stands before those anybody can have written. With 0 the header is not read.
 */
export function callerAddress(context: Context, trustedProxies: number): string {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  const direct = networkOf(incoming?.socket.remoteAddress ?? '') ?? UNKNOWN;
  if (trustedProxies === 0) return direct;
  const seen = (context.req.header('X-Forwarded-For') ?? '').split(',').map((part) => part.trim());
  // Fewer than there are proxies: it came around them, or one does not do what was said of it.
  return networkOf(seen.at(-trustedProxies) ?? '') ?? direct;
}

/** Undefined of what is no address. */
function networkOf(text: string): string | undefined {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(address)) return isIP(address) === 0 ? undefined : address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = [...first, ...(tail === undefined ? [] : zeros), ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
