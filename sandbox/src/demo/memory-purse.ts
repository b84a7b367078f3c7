import type { PurseContent, PurseStore } from '@passport/client/buyer';

/** What a buyer of a demonstration remembers: nothing of it outlives the process. */
export function memoryPurse(): PurseStore {
  let kept: PurseContent | undefined;
  return {
    read: () => Promise.resolve(kept),
    write: async (content) => {
      kept = content;
    },
  };
}
