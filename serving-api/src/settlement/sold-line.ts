import { type CommandId, type KeyId, receipt } from '@passport/model';
import { z } from 'zod';

/** What was sold, as settlements take it: the receipt, and the canonical JSON of the request. */
export const soldLine = z.strictObject({ receipt, asked: z.string() });

/** {@link soldLine} */
export type SoldLine = z.output<typeof soldLine>;

/** A tab by the key that opened it and its name. */
export type OfTab = { readonly buyer: KeyId; readonly tab: CommandId };

/** What tells a tab from others, as one text. */
export function tabKey({ buyer, tab }: OfTab): string {
  return `${buyer} ${tab}`;
}
