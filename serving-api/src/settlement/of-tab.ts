import type { CommandId, KeyId } from '@passport/model';

/** A tab by the key that opened it and its name. */
export type OfTab = { readonly buyer: KeyId; readonly tab: CommandId };

/** What tells a tab from others, as one text. */
export function tabKey({ buyer, tab }: OfTab): string {
  return `${buyer} ${tab}`;
}
