import { z } from 'zod';

import { receipt } from './receipt.ts';

/** What was sold, as settlements take it: the receipt, and the canonical JSON of the request. */
export const soldLine = z.strictObject({ receipt, asked: z.string() });

/** {@link soldLine} */
export type SoldLine = z.output<typeof soldLine>;
