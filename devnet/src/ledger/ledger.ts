import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import { BlockFeed } from './block-feed.ts';
import { LedgerFolders } from './ledger-folders.ts';
import { type BlockCommit, type ChainTip, LedgerStore } from './ledger-store.ts';
import type { TransactionLocation } from './store-values.ts';

/** A named snapshot that is not there, or a name that cannot be one. */
export class SnapshotError extends Error {
  readonly code: 'DEVNET_SNAPSHOT_UNKNOWN' | 'DEVNET_SNAPSHOT_NAME';

  constructor(code: SnapshotError['code'], message: string) {
    super(message);
    this.name = 'SnapshotError';
    this.code = code;
  }
}

/**
 * The ledger of one channel: its store, and word of each new block. A store can be put back to an
 * earlier snapshot while the process runs.
 */
export class Ledger {
  readonly channelId: string;
  readonly feed: BlockFeed;
  readonly #folders: LedgerFolders;
  /** Stores that were replaced, as they close when the last reader has gone. */
  readonly #retiring = new Set<Promise<void>>();
  #store: LedgerStore;
  #folder: string;

  private constructor(
    channelId: string,
    folders: LedgerFolders,
    folder: string,
    store: LedgerStore,
  ) {
    this.channelId = channelId;
    this.#folders = folders;
    this.#folder = folder;
    this.#store = store;
    this.feed = new BlockFeed(store.tip.height);
  }

  /** Opens the ledger in a folder, or makes an empty one. */
  static async open(channelId: string, directory: string): Promise<Ledger> {
    const folders = new LedgerFolders(join(directory, 'ledger'));
    const folder = await folders.currentStore();
    return new Ledger(channelId, folders, folder, await LedgerStore.open(folder));
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
    checkName(name);
    await this.#folders.writeSnapshot(name, (folder) => this.#store.backup(folder));
  }

  /** Names of the saved snapshots, sorted. */
  async snapshotNames(): Promise<string[]> {
    return this.#folders.snapshotNames();
  }

  /**
   * Puts the ledger back to a snapshot: what waits for blocks or follows them fails with
   * LedgerRestored, and states that are being read stay readable as they were. The caller sees to
   * it that no block is being appended. Throws {@link SnapshotError}.
   */
  async restoreSnapshot(name: string): Promise<void> {
    checkName(name);
    if (!(await this.snapshotNames()).includes(name)) {
      throw new SnapshotError('DEVNET_SNAPSHOT_UNKNOWN', `there is no snapshot ${name}`);
    }
    const folder = await this.#folders.snapshotAsNextStore(name);
    const restored = await LedgerStore.open(folder);
    const retiring = this.#retire(this.#store, this.#folder).finally(() => {
      this.#retiring.delete(retiring);
    });
    this.#retiring.add(retiring);
    this.#store = restored;
    this.#folder = folder;
    this.feed.reset(restored.tip.height);
  }

  /** Resolves when the last snapshot of the state that was taken has been closed. */
  async close(): Promise<void> {
    await Promise.all([this.#store.close(), ...this.#retiring]);
  }

  async #retire(store: LedgerStore, folder: string): Promise<void> {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function checkName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return;
  throw new SnapshotError(
    'DEVNET_SNAPSHOT_NAME',
    `a snapshot's name has up to 64 of a-z, 0-9 and '-', not '${name}'`,
  );
}
