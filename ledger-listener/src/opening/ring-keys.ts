import type { KeyRing } from '@passport/ledger-client';

import type { ReaderKeys } from './market-opener.ts';

/** The market's keys as a key ring has them: each for one vehicle, and for no other. */
export function ringKeys(ring: KeyRing): ReaderKeys {
  return {
    find: async (vid, readerKey) => {
      const key = await ring.find(readerKey);
      return key?.vid === vid ? key.scalar : undefined;
    },
    wasDestroyed: async (vid, readerKeys) =>
      (await ring.destroyed()).some((gone) => gone.vid === vid && readerKeys.includes(gone.keyId)),
    destroy: async (vid, readerKeys, at) => {
      const found = await Promise.all(readerKeys.map((id) => ring.find(id)));
      const ours = found.filter((key) => key?.vid === vid).map((key) => key?.keyId);
      await ring.destroy(
        ours.filter((id) => id !== undefined),
        at,
      );
    },
  };
}
