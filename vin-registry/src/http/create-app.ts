import { PassportError } from '@passport/model';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

import { BODY_BYTES_MAX } from '../wire.ts';
import { problemOf } from './problem.ts';

/** What an app tells of its requests. */
export type AppEvents = {
  /** A request was refused with a code of the catalogue. */
  readonly onRefused: (code: string) => void;
  /** Hears of what should not happen. */
  readonly onBug: (error: unknown) => void;
};

/** An app without routes: a limit on bodies, and failures as problems (RFC 9457). */
export function createApp({ onRefused, onBug }: AppEvents): Hono {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new PassportError('REQUEST_TOO_LARGE', `a body has ${BODY_BYTES_MAX} bytes at most`);
      },
    }),
  );
  app.onError((error, context) => {
    if (error instanceof PassportError) onRefused(error.code);
    else onBug(error);
    const problem = problemOf(error);
    return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
      'Content-Type': 'application/problem+json',
    });
  });
  app.notFound(() => {
    throw new PassportError('ROUTE_UNKNOWN', 'the README of this service lists what there is');
  });
  return app;
}
