import { z } from 'zod';

import { receipt, usedQuote } from './receipt.ts';

/**
 * What was sold, as settlements take it: the receipt, the canonical JSON of the request, and the quote that it was bought
 * by, where it names one.
 */
export const soldLine = z.strictObject({
  receipt,
  asked: z.string(),
  quote: usedQuote.optional(),
});

/** {@link soldLine} */
export type SoldLine = z.output<typeof soldLine>;
