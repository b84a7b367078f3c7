import { workerData } from 'node:worker_threads';

import { expose, transfer } from 'comlink';

import { FoldStore } from '../fold/fold-store.ts';
import type { FoldWorker, FoldWorkerData } from './fold-thread.ts';
import { LocalFold } from './local-fold.ts';
import { unpackTask } from './pack-task.ts';
import type { FoldReader } from './share-fold.ts';

/** The other side of {@link openFoldThread}: the fold of a share, in a thread that has nothing else. */
const { port, directory, options, mspId } = workerData as FoldWorkerData;

async function open(find: FoldReader['keys']['find']): Promise<LocalFold> {
  const market = mspId === undefined ? undefined : { mspId, keys: { find } };
  return new LocalFold(await FoldStore.open(directory), options, market);
}

let fold: LocalFold | undefined;

function opened(): LocalFold {
  if (fold === undefined) throw new Error('it is not opened yet');
  return fold;
}

const worker: FoldWorker = {
  open: async (find) => {
    fold = await open(find);
  },
  begin: () => opened().begin(),
  clear: () => opened().clear(),
  fold: async (packed) => {
    const { records, ...folded } = await opened().fold(unpackTask(packed));
    // Nothing of it is referred to any more: its memory is not left to the collector, which does not see its size.
    packed.bytes.buffer.transfer(0);
    const own = records.map(({ partition, value }) => ({
      partition,
      value: Uint8Array.from(value),
    }));
    return transfer(
      { ...folded, records: own },
      own.map(({ value }) => value.buffer),
    );
  },
  commit: (block) => opened().commit(block),
  compact: () => opened().compact(),
  forget: (vid) => opened().forget(vid),
  finishErased: () => opened().finishErased(),
  close: () => opened().close(),
};

expose(worker, port);
