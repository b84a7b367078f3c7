import { PassportError } from '@passport/model';
import { type Context, Hono } from 'hono';

import { callerAddress } from './caller-address.ts';
import { CallerLimits } from './caller-limits.ts';
import { failed } from './failed.ts';

/** How much one caller may do. */
export type ActionLimits = {
  /** Requests in a minute, in the long run. */
  readonly perMinute: number;
  /** And at once. */
  readonly burst: number;
  /** See {@link callerAddress}. */
  readonly trustedProxies: number;
};

/** What is limited, each by itself: what makes work for a peer, or takes memory here, and needs no payment. */
const doors = [['/relay/*'], ['/rendezvous/*'], ['/professionals/*', '/vin/*']] as const;

/**
 * Lets each caller do so much and no more: beyond it the answer is the problem `RATE_LIMITED`, with how long to wait in
 * `Retry-After` (RFC 9110, section 10.2.3), and nothing has happened.
 */
export function limitActions(limits: ActionLimits, now: () => Date): Hono {
  const { perMinute, burst, trustedProxies } = limits;
  const app = new Hono();
  for (const paths of doors) {
    const callers = new CallerLimits({ burst, perSecond: perMinute / 60 });
    for (const path of paths) {
      app.use(path, async (context: Context, next) => {
        const waitMs = callers.take(callerAddress(context, trustedProxies), now().getTime());
        if (waitMs === 0) return next();
        const seconds = Math.ceil(waitMs / 1000);
        context.header('Retry-After', String(seconds));
        const detail = `${perMinute} requests in a minute: wait ${seconds} s`;
        return failed(context, new PassportError('RATE_LIMITED', detail));
      });
    }
  }
  return app;
}
