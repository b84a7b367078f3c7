import { common, ledger, peer } from '@hyperledger/fabric-protos';

import { partsOf } from './envelope.ts';
import { codeName } from './member.ts';

const { kvrwset } = ledger.rwset;

/** A transaction of a block, as far as scenarios look at it. */
export type BlockTransaction = {
  readonly txId: string;
  /** Name of the validation code. */
  readonly code: string;
  readonly type: number;
  readonly envelope: common.Envelope;
};

/** The transactions of a block with their validation codes. */
export function transactionsOf(block: common.Block): BlockTransaction[] {
  const codes = metadataOf(block)[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  return (block.getData()?.getDataList_asU8() ?? []).map((bytes, index) => {
    const envelope = common.Envelope.deserializeBinary(bytes);
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
    );
    const code = codeName(codes?.[index] ?? peer.TxValidationCode.NOT_VALIDATED);
    return { txId: header.getTxId(), code, type: header.getType(), envelope };
  });
}

/** The metadata slots of a block, by common.BlockMetadataIndex. */
export function metadataOf(block: common.Block): Uint8Array[] {
  return block.getMetadata()?.getMetadataList_asU8() ?? [];
}

/**
 * The read-write set of a transaction as text, one line a fact, in the order of the message. Reads
 * have the version that was read, `@block.transaction`; those of chaincode definitions, which depend
 * on how the network was set up, only whether there was one.
 */
export function readWriteSetOf(envelope: common.Envelope): string[] {
  const results = partsOf(envelope).action.getResults_asU8();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results)
    .getNsRwsetList()
    .flatMap((entry) => {
      const set = kvrwset.KVRWSet.deserializeBinary(entry.getRwset_asU8());
      const collections = entry.getCollectionHashedRwsetList().map((hashed) => {
        return `collection ${hashed.getCollectionName()}`;
      });
      const version = entry.getNamespace() === '_lifecycle' ? someVersion : exactVersion;
      return [
        ...set.getReadsList().map((read) => `read ${show(read.getKey())} ${version(read)}`),
        ...set.getRangeQueriesInfoList().map(rangeText),
        ...set.getWritesList().map(writeText),
        ...set.getMetadataWritesList().map(metadataText),
        ...collections,
      ].map((line) => `${entry.getNamespace()}: ${line}`);
    });
}

type Read = ledger.rwset.kvrwset.KVRead;

function exactVersion(read: Read): string {
  const version = read.getVersion();
  if (version === undefined) return 'absent';
  return `@${version.getBlockNum()}.${version.getTxNum()}`;
}

function someVersion(read: Read): string {
  return read.hasVersion() ? 'present' : 'absent';
}

function rangeText(query: ledger.rwset.kvrwset.RangeQueryInfo): string {
  const end = query.getItrExhausted() ? 'exhausted' : 'unfinished';
  const range = `range ${show(query.getStartKey())}..${show(query.getEndKey())} ${end}`;
  const merkle = query.getReadsMerkleHashes();
  if (merkle !== undefined) {
    const hashes = merkle
      .getMaxLevelHashesList_asU8()
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    return `${range} merkle ${merkle.getMaxDegree()}/${merkle.getMaxLevel()} ${hashes.join()}`;
  }
  const reads = query.getRawReads()?.getKvReadsList() ?? [];
  return `${range} [${reads.map((read) => `${show(read.getKey())}${exactVersion(read)}`).join()}]`;
}

function writeText(write: ledger.rwset.kvrwset.KVWrite): string {
  const value = Buffer.from(write.getValue_asU8()).toString();
  const key = show(write.getKey());
  return write.getIsDelete() ? `delete ${key}` : `write ${key}=${value}`;
}

function metadataText(write: ledger.rwset.kvrwset.KVMetadataWrite): string {
  const entries = write.getEntriesList().map((entry) => {
    return `${entry.getName()}=${Buffer.from(entry.getValue_asU8()).toString('base64')}`;
  });
  return `metadata ${show(write.getKey())} ${entries.join()}`;
}

/** Keys with control characters, such as composite ones, in readable form. */
function show(key: string): string {
  return key.replaceAll('\u0000', '~').replaceAll('\u0001', '^').replaceAll('\u{10ffff}', '!');
}
