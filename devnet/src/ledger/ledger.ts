import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import { BlockFeed } from './block-feed.ts';
import { type BlockCommit, type ChainTip, LedgerStore } from './ledger-store.ts';
import type { TransactionLocation } from './store-values.ts';

/** A named snapshot that is not there, or a name that cannot be one. */
export class SnapshotError extends Error {
  readonly code = 'DEVNET_SNAPSHOT';

  constructor(message: string) {
    super(message);
    this.name = 'SnapshotError';
  }
}

/**
 * The ledger of one channel: its store, and word of each new block. A store can be put back to an
 * earlier snapshot while the process runs.
 */
export class Ledger {
  readonly channelId: string;
  readonly feed: BlockFeed;
  readonly #directory: string;
  #store: LedgerStore;

  private constructor(channelId: string, directory: string, store: LedgerStore) {
    this.channelId = channelId;
    this.#directory = directory;
    this.#store = store;
    this.feed = new BlockFeed(store.tip.height);
  }

  /** Opens the ledger in a folder, or makes an empty one. */
  static async open(channelId: string, directory: string): Promise<Ledger> {
    return new Ledger(channelId, directory, await LedgerStore.open(storeFolder(directory)));
  }

  get tip(): ChainTip {
    return this.#store.tip;
  }

  /** The state as of the last committed block. Close it soon. */
  snapshot(): StateSnapshot {
    return this.#store.snapshot();
  }

  block(number: number): Uint8Array | undefined {
    return this.#store.block(number);
  }

  blockNumber(headerHash: Uint8Array): number | undefined {
    return this.#store.blockNumber(headerHash);
  }

  transaction(txId: string): TransactionLocation | undefined {
    return this.#store.transaction(txId);
  }

  /** Why a transaction was found invalid, as {@link BlockCommit.explanations} said it. */
  explanation(txId: string): string | undefined {
    return this.#store.explanation(txId);
  }

  /** Appends the next block; when this resolves it is durable and those who wait know. */
  async append(commit: BlockCommit): Promise<void> {
    await this.#store.append(commit);
    this.feed.publish({ number: commit.number, transactions: commit.transactions });
  }

  /** Saves the whole ledger under a name; an older snapshot of that name is replaced. */
  async saveSnapshot(name: string): Promise<void> {
    const target = this.#snapshotFolder(name);
    const draft = `${target}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await this.#store.backup(draft);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  }

  /** Names of the saved snapshots, sorted. */
  async snapshotNames(): Promise<string[]> {
    const folder = join(this.#directory, 'snapshots');
    await mkdir(folder, { recursive: true });
    return (await readdir(folder)).filter((name) => !name.endsWith('.draft')).sort();
  }

  /**
   * Puts the ledger back to a snapshot. The caller sees to it that nothing is in flight.
   * Throws {@link SnapshotError} when there is none of this name.
   */
  async restoreSnapshot(name: string): Promise<void> {
    const source = this.#snapshotFolder(name);
    if (!(await this.snapshotNames()).includes(name)) {
      throw new SnapshotError(`there is no snapshot ${name}`);
    }
    const folder = storeFolder(this.#directory);
    await this.#store.close();
    await rm(folder, { recursive: true, force: true });
    await cp(source, folder, { recursive: true });
    this.#store = await LedgerStore.open(folder);
    this.feed.reset(this.#store.tip.height);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #snapshotFolder(name: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
      throw new SnapshotError(`a snapshot's name is of a-z, 0-9 and '-', not '${name}'`);
    }
    return join(this.#directory, 'snapshots', name);
  }
}

function storeFolder(directory: string): string {
  return join(directory, 'ledger');
}
