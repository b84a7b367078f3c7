import type { z } from '@hono/zod-openapi';

import { problem } from './schemas.ts';

/** An answer in JSON, for the description of a route. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A failure, for the description of a route. */
export const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});
