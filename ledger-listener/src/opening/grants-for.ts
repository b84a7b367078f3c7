import type { FoldMemory, GrantKeys, MspId, Vid } from '@passport/model';

import { type LedgerWrite, vidOf } from '../decode/ledger-write.ts';
import type { Granted } from './market-opener.ts';

/**
 * A member's grants by which folding these writes may open something: of each vehicle that they are about, those that
 * the fold knows and those that they bring. More than will be used, and never less.
 */
export function grantsFor(
  writes: readonly LedgerWrite[],
  memory: FoldMemory,
  mspId: MspId,
): readonly Granted[] {
  const granted = new Map<Vid, readonly GrantKeys[]>();
  for (const write of writes) {
    if (write.type === 'source') continue;
    const vid = vidOf(write);
    let grants = granted.get(vid) ?? memory.consent(vid)?.grants ?? [];
    if (write.type === 'grant') {
      const { grantee } = write.grant;
      if ('mspId' in grantee && grantee.mspId === mspId) grants = [...grants, write.grant];
    }
    granted.set(vid, grants);
  }
  return [...granted].map(([vid, grants]) => ({ vid, grants }));
}
