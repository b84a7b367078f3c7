import { errorCatalogue, PassportError } from '@passport/model';
import { z } from 'zod';

/** A failure as HTTP tells it (RFC 9457). */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
});

/** {@link problem} */
export type Problem = z.output<typeof problem>;

/** The problem that a failure is. A bug tells nothing of itself to the outside. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof PassportError)) {
    const detail = 'it was logged';
    return { type: 'about:blank', title: 'Internal error', status: 500, code: 'INTERNAL', detail };
  }
  const { code, detail } = error;
  const { status, means } = errorCatalogue[code];
  return { type: `urn:passport:${code.toLowerCase()}`, title: means, status, code, detail };
}
