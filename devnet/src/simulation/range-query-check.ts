import { ledger } from '@hyperledger/fabric-protos';

import { RangeReads } from './range-reads.ts';
import type { KeyedValue, Version } from './state-snapshot.ts';

const { kvrwset } = ledger.rwset;

type RangeQueryInfo = ledger.rwset.kvrwset.RangeQueryInfo;

/** What the check needs of an entry: its key and where it was written. */
export type KeyAndVersion = Pick<KeyedValue, 'key' | 'version'>;

/** The smallest degree of a Merkle tree; a query that claims less was not made by a peer. */
const DEGREE_MIN = 2;

/**
 * Whether a range query of a read set would have the same results now. `readAgain` gives what is
 * in the range from the query's start to its end key now, in the byte order of the keys, the end
 * key itself included when asked: where the chaincode did not read to the end, the end key on
 * record is the last one that it read. Source: Fabric,
 * core/ledger/kvledger/txmgmt/validation/{validator,rangequery_validator}.go.
 */
export function rangeQueryStillHolds(
  query: RangeQueryInfo,
  readAgain: (includeEnd: boolean) => Iterable<KeyAndVersion>,
): boolean {
  const current = readAgain(!query.getItrExhausted());
  const summary = query.getReadsMerkleHashes();
  return summary === undefined
    ? sameReads(query.getRawReads()?.getKvReadsList() ?? [], current)
    : sameSummary(summary, current);
}

function sameReads(
  reads: readonly ledger.rwset.kvrwset.KVRead[],
  current: Iterable<KeyAndVersion>,
): boolean {
  let count = 0;
  for (const { key, version } of current) {
    const read = reads[count];
    if (read === undefined || read.getKey() !== key) return false;
    if (!isVersion(read.getVersion(), version)) return false;
    count += 1;
  }
  return count === reads.length;
}

function sameSummary(
  summary: ledger.rwset.kvrwset.QueryReadsMerkleSummary,
  current: Iterable<KeyAndVersion>,
): boolean {
  if (summary.getMaxDegree() < DEGREE_MIN) return false;
  const reads = new RangeReads(summary.getMaxDegree());
  for (const { key, version } of current) reads.add(key, version);
  const info = new kvrwset.RangeQueryInfo();
  reads.recordIn(info);
  const again = info.getReadsMerkleHashes();
  if (again?.getMaxLevel() !== summary.getMaxLevel()) return false;
  const hashes = again.getMaxLevelHashesList_asU8();
  const expected = summary.getMaxLevelHashesList_asU8();
  return (
    hashes.length === expected.length &&
    hashes.every((hash, index) => Buffer.compare(hash, expected[index] ?? Buffer.alloc(0)) === 0)
  );
}

function isVersion(recorded: ledger.rwset.kvrwset.Version | undefined, version: Version): boolean {
  return recorded?.getBlockNum() === version.block && recorded.getTxNum() === version.tx;
}
