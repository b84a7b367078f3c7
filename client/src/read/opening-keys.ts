import { bytesOfBase64url, type KeyId, PassportError } from '@passport/model';
import { deriveSealingKey, isKeyOf, type Opener, openKeys } from '@passport/privacy';

import { type BookAnswer, publishedIn, wrapsOf } from './answers.ts';

/** A grantee's private keys by thumbprint: a `KeyRing` is one. */
export type ReaderKeys = {
  readonly find: (id: KeyId) => Promise<{ readonly scalar: Uint8Array } | undefined>;
};

/** What an owner's wallet has of a vehicle: a `WalletVehicle` is one. Keys are base64url. */
export type OwnerKeys = {
  readonly rootKeys: readonly { readonly ownerEpoch: number; readonly key: string }[];
  /** Keys of the history that a former owner handed over. */
  readonly received: readonly {
    readonly scope: Parameters<Opener['addKey']>[0]['scope'];
    readonly epoch: number;
    readonly scalar: string;
  }[];
};

/**
 * Gives an opener the keys that came with the grants in a log book. Answers how many wraps could not be
 * opened: their reader key is elsewhere, or destroyed, or they were sealed for something else.
 */
export async function addGrantedKeys(
  opener: Opener,
  { ledger, vid, events }: BookAnswer,
  readerKeys: ReaderKeys,
): Promise<{ readonly closedWraps: number }> {
  const seen = new Set<string>();
  let closedWraps = 0;
  for (const line of events) {
    const { grantId, ownerEpoch, wraps } = wrapsOf(line) ?? { wraps: [] };
    for (const { readerKey, keys } of wraps) {
      if (grantId === undefined || ownerEpoch === undefined || seen.has(keys)) continue;
      seen.add(keys);
      const reader = await readerKeys.find(readerKey);
      const context = { ledger, vid, ownerEpoch, purpose: 'grant', id: grantId } as const;
      const opened = reader && (await openOrNone(reader.scalar, keys, context));
      if (opened === undefined) closedWraps += 1;
      for (const { scope, epoch, scalar } of opened ?? []) {
        opener.addKey({ vid, scope, epoch, ownerEpoch }, scalar);
      }
    }
  }
  return { closedWraps };
}

/**
 * Gives an opener the keys of a vehicle's owner: derived from the root keys of their wallet for what they
 * published, and those that were handed over to them.
 */
export async function addOwnedKeys(
  opener: Opener,
  { vid, events }: BookAnswer,
  { rootKeys, received }: OwnerKeys,
): Promise<void> {
  for (const { scope, epoch, scalar } of received) {
    opener.addKey({ vid, scope, epoch }, bytesOfBase64url(scalar));
  }
  for (const line of events) {
    const { ownerEpoch, keys } = publishedIn(line) ?? { keys: [] };
    const root = rootKeys.find((one) => one.ownerEpoch === ownerEpoch);
    if (root === undefined || ownerEpoch === undefined) continue;
    for (const { scope, epoch, suite, key } of keys) {
      if (suite === 0) continue;
      const { scalar } = await deriveSealingKey(bytesOfBase64url(root.key), {
        vid,
        ownerEpoch,
        scope,
        epoch,
      });
      // Another wallet of theirs may have published it.
      if (isKeyOf(scalar, key)) opener.addKey({ vid, scope, epoch, ownerEpoch }, scalar);
    }
  }
}

async function openOrNone(
  ...wrap: Parameters<typeof openKeys>
): Promise<Awaited<ReturnType<typeof openKeys>> | undefined> {
  try {
    return await openKeys(...wrap);
  } catch (error) {
    // Whatever an owner put there: it opens nothing, and the rest is read all the same.
    if (error instanceof PassportError) return undefined;
    throw error;
  }
}
