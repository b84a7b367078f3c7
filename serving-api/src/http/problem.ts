import { errorCatalogue, PassportError } from '@passport/model';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** A failure as HTTP tells it (RFC 9457). */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
};

/** The problem that an expected failure is; undefined of a bug. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof PassportError)) return undefined;
  const { code, detail } = error;
  const { status, means } = errorCatalogue[code];
  return { type: `urn:passport:${code.toLowerCase()}`, title: means, status, code, detail };
}

/** Answers with a problem. */
export function sendProblem(context: Context, problem: Problem): Response {
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
    // RFC 9110, section 11.6.1; RFC 9449, section 7.1.
    ...(problem.status === 401 ? { 'WWW-Authenticate': 'DPoP algs="ES256"' } : {}),
  });
}
