import { common, ledger, peer } from '@hyperledger/fabric-protos';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { headerHash, sha256 } from '../blocks/header-hash.ts';

/** A transaction of a test, as far as log books and views look at it. */
export type TestTransaction = {
  /** Its client's time. */
  readonly time: string | number;
  /** Values by composite key: the type of the key, then its names. */
  readonly writes?: readonly (readonly [key: readonly string[], value: unknown])[];
  /** Of the chaincode `passport` by default. */
  readonly chaincode?: string;
  /** Valid by default. */
  readonly code?: number;
  /** Another type than that of an endorsed transaction, such as a configuration. */
  readonly type?: number;
};

/** Makes the blocks of a ledger: right numbers and hashes, no signatures. */
export class TestChain {
  readonly blocks: common.Block[] = [];

  /** Adds a block. */
  add(...transactions: readonly TestTransaction[]): common.Block {
    const data = new common.BlockData();
    data.setDataList(transactions.map(envelopeOf));
    const header = new common.BlockHeader();
    header.setNumber(this.blocks.length);
    const before = this.blocks.at(-1)?.getHeader();
    if (before !== undefined) header.setPreviousHash(Buffer.from(headerHash(before), 'hex'));
    header.setDataHash(Buffer.from(sha256(data.getDataList_asU8()), 'hex'));
    const metadata = new common.BlockMetadata();
    const codes = transactions.map(({ code }) => code ?? peer.TxValidationCode.VALID);
    const none = new Uint8Array(0);
    metadata.setMetadataList([none, none, Uint8Array.from(codes), none, none]);
    const block = new common.Block();
    block.setHeader(header);
    block.setData(data);
    block.setMetadata(metadata);
    this.blocks.push(block);
    return block;
  }
}

/** The name of a composite key. Source: Fabric, shim. */
function keyOf(parts: readonly string[]): string {
  return `\u0000${parts.map((part) => `${part}\u0000`).join('')}`;
}

function envelopeOf(transaction: TestTransaction): Uint8Array {
  const { time, type = common.HeaderType.ENDORSER_TRANSACTION } = transaction;
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setChannelId('passport');
  channelHeader.setTimestamp(timestamps.Timestamp.fromDate(new Date(time)));
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  if (type === common.HeaderType.ENDORSER_TRANSACTION) payload.setData(dataOf(transaction));
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function dataOf({ writes = [], chaincode = 'passport' }: TestTransaction): Uint8Array {
  const response = new peer.ProposalResponsePayload();
  const result = new peer.ChaincodeAction();
  result.setResults(writeSetOf(writes, chaincode));
  response.setExtension$(result.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(response.serializeBinary());
  const payload = new peer.ChaincodeActionPayload();
  payload.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setPayload(payload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  return transaction.serializeBinary();
}

/** Keys in their order, as Fabric writes them; a value of undefined is a deletion. */
function writeSetOf(writes: NonNullable<TestTransaction['writes']>, chaincode: string): Uint8Array {
  const named = writes.map(([key, value]) => [keyOf(key), value] as const);
  const set = new ledger.rwset.kvrwset.KVRWSet();
  set.setWritesList(
    named
      .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([key, value]) => {
        const write = new ledger.rwset.kvrwset.KVWrite();
        write.setKey(key);
        if (value === undefined) write.setIsDelete(true);
        else write.setValue(Buffer.from(JSON.stringify(value)));
        return write;
      }),
  );
  const namespace = new ledger.rwset.NsReadWriteSet();
  namespace.setNamespace(chaincode);
  namespace.setRwset(set.serializeBinary());
  const sets = new ledger.rwset.TxReadWriteSet();
  sets.setNsRwsetList([namespace]);
  return sets.serializeBinary();
}
