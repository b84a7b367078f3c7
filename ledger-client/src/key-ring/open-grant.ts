import { type Grant, PassportError } from '@passport/model';
import { openKeys, type ScopeKey } from '@passport/privacy';

import type { KeyRing } from './key-ring.ts';

/**
 * The keys that a grant brings its grantee, of all its wraps, by the keys of a ring. A wrap that does not open is
 * left out: an owner can put anything there, and it must halt nobody. Later wraps come last.
 */
export async function openGrant(
  ring: Pick<KeyRing, 'find'>,
  ledger: string,
  { vid, ownerEpoch, grantId, wraps }: Pick<Grant, 'vid' | 'ownerEpoch' | 'grantId' | 'wraps'>,
): Promise<ScopeKey[]> {
  const keys: ScopeKey[] = [];
  for (const { readerKey, keys: wrap } of wraps) {
    const reader = await ring.find(readerKey);
    if (reader === undefined || reader.vid !== vid) continue;
    const context = { ledger, vid, ownerEpoch, purpose: 'grant', id: grantId } as const;
    keys.push(...(await opened(reader.scalar, wrap, context)));
  }
  return keys;
}

async function opened(...args: Parameters<typeof openKeys>): Promise<ScopeKey[]> {
  try {
    return await openKeys(...args);
  } catch (error) {
    if (error instanceof PassportError) return [];
    throw error;
  }
}
