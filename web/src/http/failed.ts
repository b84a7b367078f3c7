import { relayProblemOf } from '@passport/ledger-client';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What is a person's is kept by nobody on the way. */
export const PRIVATE = { 'Cache-Control': 'no-store' };

/** An expected failure as a problem; a bug goes on to who hears of bugs. */
export function failed(context: Context, error: unknown): Response {
  const problem = relayProblemOf(error);
  if (problem === undefined) throw error;
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    ...PRIVATE,
    'Content-Type': 'application/problem+json',
    ...(problem.status === 401 ? { 'WWW-Authenticate': 'DPoP algs="ES256"' } : {}),
  });
}
