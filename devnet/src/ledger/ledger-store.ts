import { mkdir } from 'node:fs/promises';

import { open, type Database, type RootDatabase } from 'lmdb';

import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import {
  BlockFile,
  type BlockLocation,
  decodeBlockLocation,
  encodeBlockLocation,
} from './block-file.ts';
import type { StateUpdate } from './commit-hash.ts';
import { LmdbSnapshot, type StateTables } from './lmdb-snapshot.ts';
import { blockKey, historyKey, stateKey } from './store-keys.ts';
import {
  decodeLocation,
  encodeLocation,
  encodeStateValue,
  type TransactionLocation,
} from './store-values.ts';
import { encodeModification } from './history-values.ts';

const PAGE_BYTES = 8_192;
const MAP_BYTES = 64 * 1024 ** 3;
const READERS_MAX = 2_048;
/** SHA-256. */
const HASH_BYTES = 32;
const TX_ID_BYTES_MAX = 512;

/** The tip of the chain, as the next block needs it. */
export type ChainTip = {
  /** Number of blocks; the next block has this number. */
  readonly height: number;
  readonly headerHash: Buffer;
  readonly commitHash: Buffer;
};

/** The tip with what the store needs to go on: where the file of the blocks ends, in bytes. */
type StoredTip = ChainTip & { readonly blockFileEnd: number };

/** One transaction of a committed block, for the index. Invalid ones may have no id. */
export type CommittedTransaction = {
  readonly txId: string;
  readonly code: number;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
};

/** All that one block changes. */
export type BlockCommit = {
  readonly number: number;
  readonly block: Uint8Array;
  readonly headerHash: Buffer;
  readonly commitHash: Buffer;
  /** By index in the block. */
  readonly transactions: readonly CommittedTransaction[];
  /** The last write of each key: what the state becomes. */
  readonly state: readonly StateUpdate[];
  /** Every write of every valid transaction: what the history gains. */
  readonly history: readonly StateUpdate[];
  /** Why invalid transactions are, by index in the block: JSON for the developer. */
  readonly explanations: ReadonlyMap<number, string>;
};

/**
 * State, history and indexes in one LMDB environment, and the blocks in a file beside it. A block
 * is written to the file first; what makes it part of the chain, with all that it changes, is one
 * transaction of LMDB: after a crash at any point the chain is at the last whole block.
 */
export class LedgerStore {
  readonly #root: RootDatabase<Buffer, string>;
  readonly #blockFile: BlockFile;
  readonly #blocks: Database<Buffer, Uint8Array>;
  readonly #blockNumbers: Database<Buffer, Uint8Array>;
  readonly #transactions: Database<Buffer, Uint8Array>;
  readonly #explanations: Database<Buffer, Uint8Array>;
  readonly #tables: StateTables;
  #tip: StoredTip;
  #openSnapshots = 0;
  #onIdle: (() => void) | undefined;

  private constructor(root: RootDatabase<Buffer, string>, blockFile: BlockFile) {
    const table = (name: string): Database<Buffer, Uint8Array> =>
      root.openDB<Buffer, Uint8Array>({ name, encoding: 'binary', keyEncoding: 'binary' });
    this.#root = root;
    this.#blockFile = blockFile;
    this.#blocks = table('blocks');
    this.#blockNumbers = table('block-numbers');
    this.#transactions = table('transactions');
    this.#explanations = table('explanations');
    this.#tables = { state: table('state'), history: table('history') };
    this.#tip = this.#readTip();
  }

  /**
   * Opens the store in a folder, or makes it. That no other process uses the folder is for the
   * caller to see to.
   */
  static async open(directory: string): Promise<LedgerStore> {
    await mkdir(directory, { recursive: true });
    const root = open<Buffer, string>({
      path: directory,
      encoding: 'binary',
      pageSize: PAGE_BYTES,
      mapSize: MAP_BYTES,
      maxDbs: 8,
      maxReaders: READERS_MAX,
      cache: false,
    });
    return new LedgerStore(root, await BlockFile.open(directory));
  }

  get tip(): ChainTip {
    return this.#tip;
  }

  /** A consistent view of the state as of the last committed block. Close it soon: it pins pages. */
  snapshot(): StateSnapshot {
    this.#openSnapshots += 1;
    return new LmdbSnapshot(this.#tables, () => {
      this.#openSnapshots -= 1;
      if (this.#openSnapshots === 0) this.#onIdle?.();
    });
  }

  /** A block as it was committed, metadata included; undefined when there is none yet. */
  block(number: number): Uint8Array | undefined {
    const location = number < this.#tip.height ? this.#blocks.get(blockKey(number)) : undefined;
    return location && this.#blockFile.read(decodeBlockLocation(location));
  }

  /** The number of the block whose header has this hash. */
  blockNumber(headerHash: Uint8Array): number | undefined {
    if (headerHash.length !== HASH_BYTES) return undefined;
    const encoded = this.#blockNumbers.get(headerHash);
    return encoded && Number(encoded.readBigUInt64BE(0));
  }

  /** Where the first transaction of this id is; undefined until its block is on the disk. */
  transaction(txId: string): TransactionLocation | undefined {
    const key = txIdKey(txId);
    const encoded = key && this.#transactions.get(key);
    const location = encoded && decodeLocation(encoded);
    return location && location.block < this.#tip.height ? location : undefined;
  }

  /** Why a transaction was found invalid; undefined when it is valid or unknown. */
  explanation(txId: string): string | undefined {
    const key = txIdKey(txId);
    return key && this.#explanations.get(key)?.toString('utf8');
  }

  /** Appends the next block with all that it changes. Resolves when it is on the disk. */
  async append(commit: BlockCommit): Promise<void> {
    if (commit.number !== this.#tip.height) {
      throw new Error(`block ${commit.number} does not follow height ${this.#tip.height}`);
    }
    const location = await this.#blockFile.write(this.#tip.blockFileEnd, commit.block);
    const tip: StoredTip = {
      height: commit.number + 1,
      headerHash: commit.headerHash,
      commitHash: commit.commitHash,
      blockFileEnd: location.offset + location.length,
    };
    // A plain transaction of lmdb keeps what was written before its callback threw.
    await this.#root.childTransaction(() => this.#write(commit, location, tip));
    await this.#root.flushed;
    this.#tip = tip;
  }

  /**
   * Copies the whole store, compacted, to another folder while it is being read. The caller sees
   * to it that no block is being appended.
   */
  async backup(directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    await this.#root.backup(directory, true);
    await this.#blockFile.copyTo(directory);
  }

  /** Closes the store as soon as no snapshot is open. */
  async close(): Promise<void> {
    if (this.#openSnapshots > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.#root.close();
    await this.#blockFile.close();
  }

  #write(commit: BlockCommit, location: BlockLocation, tip: StoredTip): void {
    const number = blockKey(commit.number);
    this.#blocks.putSync(number, encodeBlockLocation(location));
    this.#blockNumbers.putSync(commit.headerHash, number);
    commit.transactions.forEach((transaction, index) => {
      this.#indexTransaction(commit, index, transaction);
    });
    for (const update of commit.state) this.#writeState(update);
    for (const update of commit.history) this.#writeHistory(update, commit);
    this.#root.putSync('tip', encodeTip(tip));
  }

  #indexTransaction(commit: BlockCommit, index: number, transaction: CommittedTransaction): void {
    const key = txIdKey(transaction.txId);
    // A duplicate never replaces the first: its status is what the submitter was told.
    if (key === undefined || this.#transactions.doesExist(key)) return;
    const { code } = transaction;
    this.#transactions.putSync(key, encodeLocation({ block: commit.number, index, code }));
    const explanation = commit.explanations.get(index);
    if (explanation) this.#explanations.putSync(key, Buffer.from(explanation, 'utf8'));
  }

  #writeState(update: StateUpdate): void {
    const key = stateKey(update.namespace, update.key);
    if (update.value === undefined) this.#tables.state.removeSync(key);
    else this.#tables.state.putSync(key, encodeStateValue({ ...update, value: update.value }));
  }

  #writeHistory(update: StateUpdate, commit: BlockCommit): void {
    const { block, tx } = update.version;
    const transaction = commit.transactions[tx];
    if (transaction === undefined) throw new Error(`block ${block} has no transaction ${tx}`);
    this.#tables.history.putSync(
      historyKey(update.namespace, update.key, block, tx),
      encodeModification({
        txId: transaction.txId,
        timestamp: transaction.timestamp,
        isDelete: update.value === undefined,
        value: update.value ?? new Uint8Array(0),
      }),
    );
  }

  #readTip(): StoredTip {
    const encoded = this.#root.get('tip');
    if (encoded !== undefined) return decodeTip(encoded);
    const none = Buffer.alloc(0);
    return { height: 0, headerHash: none, commitHash: none, blockFileEnd: 0 };
  }
}

/**
 * A transaction id as a key; undefined for one that is not indexed. Proper ids are 64 hex digits,
 * but a block also carries the invalid ones of whoever may write, empty or absurdly long.
 */
function txIdKey(txId: string): Buffer | undefined {
  const key = Buffer.from(txId, 'utf8');
  return key.length > 0 && key.length <= TX_ID_BYTES_MAX ? key : undefined;
}

const TIP_HEADER_BYTES = 17;

/** Height (u64), end of the block file (u64), length of the header's hash (u8), both hashes. */
function encodeTip(tip: StoredTip): Buffer {
  const header = Buffer.alloc(TIP_HEADER_BYTES);
  header.writeBigUInt64BE(BigInt(tip.height), 0);
  header.writeBigUInt64BE(BigInt(tip.blockFileEnd), 8);
  header.writeUInt8(tip.headerHash.length, 16);
  return Buffer.concat([header, tip.headerHash, tip.commitHash]);
}

function decodeTip(encoded: Buffer): StoredTip {
  const hashEnd = TIP_HEADER_BYTES + encoded.readUInt8(16);
  return {
    height: Number(encoded.readBigUInt64BE(0)),
    blockFileEnd: Number(encoded.readBigUInt64BE(8)),
    headerHash: Buffer.from(encoded.subarray(TIP_HEADER_BYTES, hashEnd)),
    commitHash: Buffer.from(encoded.subarray(hashEnd)),
  };
}
