import type { Vid } from '@passport/model';

import type { FeedContext } from '../feed/feed-ledger.ts';

/** The first of some vehicles that still has the owner it was registered with. */
export async function ownedByCrowd(
  { crowd, members }: Pick<FeedContext, 'crowd' | 'members'>,
  vehicles: readonly (Vid | null)[],
): Promise<Vid | undefined> {
  for (const vid of vehicles) {
    if (vid === null || !crowd.has(vid)) continue;
    const { keyId } = await crowd.ownerOf(vid);
    const ownership = await members.MakerMSP.user.consent.readOwnership({ vid });
    if (ownership?.owner === keyId) return vid;
  }
  return undefined;
}
