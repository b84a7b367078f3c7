import { ledger } from '@hyperledger/fabric-protos';

import { kvRead } from './kv-read.ts';
import { ReadsMerkleTree, sha256 } from './reads-merkle-tree.ts';
import type { Version } from './state-snapshot.ts';

const { kvrwset } = ledger.rwset;

/** Fabric's constant: more results of one range query than this are recorded as hashes only. */
const MAX_DEGREE = 50;

type RangeQueryInfo = ledger.rwset.kvrwset.RangeQueryInfo;

/**
 * The results of one range query, gathered for the read set: as they are when they are few,
 * otherwise as the top of a Merkle tree over buckets of `maxDegree` + 1 of them.
 * Source: Fabric, core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go.
 */
export class RangeReads {
  readonly #maxDegree: number;
  #pending: ledger.rwset.kvrwset.KVRead[] = [];
  #tree: ReadsMerkleTree | undefined;

  constructor(maxDegree: number = MAX_DEGREE) {
    this.#maxDegree = maxDegree;
  }

  add(key: string, version: Version): void {
    this.#pending.push(kvRead(key, version));
    if (this.#pending.length > this.#maxDegree) this.#hashPending();
  }

  /** Writes the results into the query's record. Nothing can be added afterwards. */
  recordIn(info: RangeQueryInfo): void {
    if (this.#tree === undefined) {
      if (this.#pending.length > 0) info.setRawReads(queryReads(this.#pending));
      return;
    }
    if (this.#pending.length > 0) this.#hashPending();
    const top = this.#tree.finish();
    const summary = new kvrwset.QueryReadsMerkleSummary();
    summary.setMaxDegree(this.#maxDegree);
    summary.setMaxLevel(top.level);
    summary.setMaxLevelHashesList([...top.hashes]);
    info.setReadsMerkleHashes(summary);
  }

  #hashPending(): void {
    this.#tree ??= new ReadsMerkleTree(this.#maxDegree);
    this.#tree.add(sha256(queryReads(this.#pending).serializeBinary()));
    this.#pending = [];
  }
}

function queryReads(reads: ledger.rwset.kvrwset.KVRead[]): ledger.rwset.kvrwset.QueryReads {
  const message = new kvrwset.QueryReads();
  message.setKvReadsList(reads);
  return message;
}
