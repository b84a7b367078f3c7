import * as z from 'zod';

import { BATCH_EVENTS_MAX } from '../events/event.ts';
import { coded } from '../wire/parse.ts';

/** Lists of 1 to 500, with codes of their own for none and too many. */
export function batchOf<Item extends z.ZodType>(item: Item) {
  const counted = coded(
    'BATCH_EMPTY',
    (value): value is unknown[] => !isList(value) || value.length > 0,
  ).refine((value) => !isList(value) || value.length <= BATCH_EVENTS_MAX, {
    error: 'a batch has 500 entries at most',
    params: { code: 'BATCH_TOO_LARGE' },
  });
  // The checks before look at anything; what is asked for, and comes out, is a list of the item.
  return counted.pipe(z.array(item)) as unknown as z.ZodType<z.output<Item>[], z.input<Item>[]>;
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
