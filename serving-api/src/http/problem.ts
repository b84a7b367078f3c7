import { errorCatalogue, PassportError } from '@passport/model';
import { isViewsOutage } from '@passport/speed-layer';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import type { Outcome } from './outcome.ts';

/** A failure as HTTP tells it (RFC 9457). */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
};

/** A bug tells nothing of itself to the outside. */
const bug: Problem = {
  type: 'about:blank',
  title: 'Internal error',
  status: 500,
  code: 'INTERNAL',
  detail: 'it was logged',
};

/** The problem that an expected failure is; undefined of a bug. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof PassportError)) return undefined;
  const { code, detail } = error;
  const { status, means } = errorCatalogue[code];
  return { type: `urn:passport:${code.toLowerCase()}`, title: means, status, code, detail };
}

/** The problem that any failure is to the outside; `onBug` hears of those that nobody expects. */
export function problemOfFailure(error: unknown, onBug: (error: unknown) => void): Problem {
  const problem = problemOf(
    isViewsOutage(error)
      ? new PassportError('NOT_READY', 'the store of recent blocks is away')
      : error,
  );
  if (problem === undefined) onBug(error);
  return problem ?? bug;
}

/** A problem as an answer. */
export function outcomeOf(problem: Problem): Outcome {
  return {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      // RFC 9110, section 11.6.1; RFC 9449, section 7.1.
      ...(problem.status === 401 ? { 'WWW-Authenticate': 'DPoP algs="ES256"' } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** Answers with a problem. */
export function sendProblem(context: Context, problem: Problem): Response {
  const { headers } = outcomeOf(problem);
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers);
}
