import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';

import type { MspId, Vid } from '@passport/model';
import { proxy, type Remote, transfer, wrap } from 'comlink';

import { packTask, type PackedTask } from './pack-task.ts';
import type { FoldedShare, FoldReader, FoldTask, ShareFold, ShareOptions } from './share-fold.ts';

/** What the thread begins with. */
export type FoldWorkerData = {
  /** Where its calls come from. */
  readonly port: MessagePort;
  readonly directory: string;
  readonly options: ShareOptions;
  /** Of who reads for the market. */
  readonly mspId?: MspId | undefined;
};

/** What the thread can do. */
export type FoldWorker = Omit<ShareFold, 'fold'> & {
  /** Comes first. */
  open(find: FoldReader['keys']['find']): Promise<void>;
  fold(task: PackedTask): Promise<FoldedShare>;
};

/**
 * Opens the fold of a share in a thread of its own, which has the store of that folder. The market's keys stay in this
 * one: they are asked for. Throws what the store throws; a thread that has died fails all that is under way, and all
 * that comes.
 */
export async function openFoldThread(
  directory: string,
  options: ShareOptions,
  market?: FoldReader,
): Promise<ShareFold> {
  const thread = new FoldThread({ directory, options, mspId: market?.mspId });
  await thread.open(market?.keys.find ?? (async () => undefined));
  return thread;
}

class FoldThread implements ShareFold {
  readonly #thread: Worker;
  readonly #worker: Remote<FoldWorker>;
  /** Rejects the calls that are under way. */
  readonly #waiting = new Set<(error: Error) => void>();
  #end: Error | undefined;

  constructor(made: Omit<FoldWorkerData, 'port'>) {
    const { port1, port2 } = new MessageChannel();
    const workerData: FoldWorkerData = { ...made, port: port2 };
    const file = new URL('fold-worker.ts', import.meta.url);
    this.#thread = new Worker(file, { workerData, transferList: [port2] });
    this.#worker = wrap<FoldWorker>(port1);
    this.#thread.once('error', (error: Error) => this.#fail(error));
    this.#thread.once('exit', (code) => this.#fail(new Error(`a fold's thread ended: ${code}`)));
  }

  open(find: FoldReader['keys']['find']): Promise<void> {
    return this.#alive(this.#worker.open(proxy(find)));
  }

  begin(): ReturnType<ShareFold['begin']> {
    return this.#alive(this.#worker.begin());
  }

  clear(): Promise<void> {
    return this.#alive(this.#worker.clear());
  }

  fold(task: FoldTask): Promise<FoldedShare> {
    const packed = packTask(task);
    return this.#alive(this.#worker.fold(transfer(packed, [packed.bytes.buffer])));
  }

  commit(block: number): Promise<void> {
    return this.#alive(this.#worker.commit(block));
  }

  compact(): Promise<void> {
    return this.#alive(this.#worker.compact());
  }

  forget(vid: Vid): Promise<void> {
    return this.#alive(this.#worker.forget(vid));
  }

  finishErased(): Promise<void> {
    return this.#alive(this.#worker.finishErased());
  }

  async close(): Promise<void> {
    await this.#alive(this.#worker.close());
    await this.#thread.terminate();
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const fail of this.#waiting) fail(this.#end);
  }

  /** The answer of a thread that may die before. */
  #alive<T>(call: Promise<T>): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.add(reject);
    const over = (): unknown => this.#waiting.delete(reject);
    call.then(resolve, reject).then(over, over);
    return promise;
  }
}
