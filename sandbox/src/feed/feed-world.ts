import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import {
  KeyRing,
  type LedgerIdentity,
  type NetworkProfile,
  readIdentity,
  readLedgerName,
} from '@passport/ledger-client';
import { VinMatcher } from '@passport/vin-registry';

import type { Members } from '../members.ts';
import { MARKET, type Member, organisations } from '../organisations.ts';
import { OwnerCrowd } from '../owners/owner-crowd.ts';
import type { VinRegistryAddresses } from '../registry/vin-registry.ts';
import type { FeedContext } from './feed-ledger.ts';

/** What feeds need of the world around the ledger, and a way to let go of it. */
export type FeedWorld = Pick<FeedContext, 'ledger' | 'crowd' | 'marketKeys' | 'matcherOf'> & {
  readonly close: () => Promise<void>;
};

/** Where the market's reader keys lie: those of the listener. */
export function marketKeysFolder(directory: string): string {
  return join(directory, 'market-keys');
}

/**
 * Opens owners of a sandbox's folder, the market's reader keys, and each member's way to the registry.
 */
export async function openFeedWorld(options: {
  readonly directory: string;
  readonly profile: NetworkProfile;
  readonly members: Members;
  readonly registry: VinRegistryAddresses;
  /** Folder of the market's reader keys; the sandbox's own if left out. */
  readonly marketKeys?: string | undefined;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}): Promise<FeedWorld> {
  const { directory, profile, members, registry, now, signal } = options;
  const signers = new Map<Member, LedgerIdentity>();
  for (const { mspId } of organisations) {
    signers.set(mspId, await readIdentity(profile, mspId, 'User1'));
  }
  const ledger = await readLedgerName(members[MARKET].ledger, signal);
  const channel = members[MARKET].ledger.network.getName();
  const crowd = OwnerCrowd.open({ directory, ledger, channel, random: randomBytes, now });
  return {
    ledger,
    crowd,
    marketKeys: await KeyRing.open(options.marketKeys ?? marketKeysFolder(directory)),
    matcherOf: (member) => {
      const signer = signers.get(member);
      if (signer === undefined) throw new Error(`${member} has no user`);
      const { evaluatorUrl, registryUrl, evaluatorKeys } = registry;
      return new VinMatcher({
        ...{ evaluatorUrl, registryUrl, evaluatorKeys, signer, now },
        random: randomBytes,
      });
    },
    close: () => crowd.close(),
  };
}
