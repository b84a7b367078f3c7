import { createHash, sign } from 'node:crypto';

import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { issueCertificate, strangeAuthority } from '../conformance/client/certificates.ts';
import { headerDer, headerHash } from '../conformance/client/block-hash.ts';
import type { TestIdentity } from '../conformance/client/identity.ts';

/** A transaction as a factory puts it into a block. */
export type FactoryTransaction = {
  readonly timeMs: number;
  /** State keys and what is written under them. */
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array }[];
  readonly code?: number;
  readonly chaincode?: string;
};

const CHANNEL = 'passport';
const ORDERER = 'OrdererMSP';
const SLOTS = 5;

/** A composite key: U+0000, type, then names, each with U+0000 behind it. */
export function compositeKey(type: string, names: readonly string[]): string {
  return `\u0000${[type, ...names].join('\u0000')}\u0000`;
}

/**
 * Makes a chain of blocks that hold together: numbers, hashes, an orderer's signature. What is in them
 * was endorsed by nobody: they are for who verifies the chain and trusts the validation codes.
 */
export class BlockFactory {
  #orderer: TestIdentity;
  #authority: TestIdentity;
  #previous = Buffer.alloc(0);
  #ledger = '';
  #number = 0;

  private constructor(orderer: TestIdentity, authority: TestIdentity) {
    this.#orderer = orderer;
    this.#authority = authority;
  }

  /** Makes the orderer of a new chain. */
  static async create(): Promise<BlockFactory> {
    const authority = await strangeAuthority(ORDERER);
    return new BlockFactory(await issueCertificate(authority, { units: ['orderer'] }), authority);
  }

  /** The ledger's name, once there is a genesis block. */
  get ledger(): string {
    return this.#ledger;
  }

  /** Who signs. */
  get orderer(): TestIdentity {
    return this.#orderer;
  }

  /** The genesis block: a configuration that names the orderer's CA. */
  genesis(): common.Block {
    return this.#seal([configEnvelope(this.#authority)], [0]);
  }

  /** A configuration that names another CA: the old orderer signs it, one of the new CA what follows. */
  async changeOrderer(code: number = peer.TxValidationCode.VALID): Promise<common.Block> {
    const authority = await strangeAuthority(ORDERER);
    const block = this.#seal([configEnvelope(authority)], [code]);
    this.#authority = authority;
    this.#orderer = await issueCertificate(authority, { units: ['orderer'] });
    return block;
  }

  /** A block of envelopes that are nothing but bytes. */
  rawBlock(envelopes: readonly Uint8Array[]): common.Block {
    return this.#seal(
      envelopes,
      envelopes.map(() => peer.TxValidationCode.VALID),
    );
  }

  /** The next block. */
  block(transactions: readonly FactoryTransaction[]): common.Block {
    const envelopes = transactions.map((transaction, index) =>
      transactionEnvelope(transaction, `${this.#number}.${index}`),
    );
    return this.#seal(
      envelopes,
      transactions.map(({ code }) => code ?? peer.TxValidationCode.VALID),
    );
  }

  #seal(envelopes: readonly Uint8Array[], codes: readonly number[]): common.Block {
    const header = new common.BlockHeader();
    header.setNumber(this.#number);
    header.setPreviousHash(this.#previous);
    const hash = createHash('sha256');
    for (const envelope of envelopes) hash.update(envelope);
    header.setDataHash(hash.digest());
    const data = new common.BlockData();
    data.setDataList([...envelopes]);
    const block = new common.Block();
    block.setHeader(header);
    block.setData(data);
    const slots: Uint8Array[] = Array.from({ length: SLOTS }, () => new Uint8Array(0));
    slots[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = Uint8Array.from(codes);
    const metadata = new common.BlockMetadata();
    metadata.setMetadataList(slots);
    block.setMetadata(metadata);
    signBlock(block, this.#orderer);
    this.#previous = Buffer.from(headerHash(block), 'hex');
    if (this.#number === 0) this.#ledger = `fabric:${headerHash(block).slice(0, 32)}`;
    this.#number += 1;
    return block;
  }
}

/** Puts somebody's signature in the place of the orderer's. */
export function signBlock(block: common.Block, { mspId, certificate, privateKey }: TestIdentity) {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(mspId);
  creator.setIdBytes(certificate);
  const by = new common.SignatureHeader();
  by.setCreator(creator.serializeBinary());
  const header = by.serializeBinary();
  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(header);
  signature.setSignature(sign('sha256', Buffer.concat([header, headerDer(block)]), privateKey));
  const metadata = new common.Metadata();
  metadata.setSignaturesList([signature]);
  const slots = block.getMetadata()?.getMetadataList_asU8() ?? [];
  slots[common.BlockMetadataIndex.SIGNATURES] = metadata.serializeBinary();
  block.getMetadata()?.setMetadataList(slots);
}

function configEnvelope({ certificate }: TestIdentity): Uint8Array {
  const config = new common.Config();
  config.setChannelGroup(channelGroup(certificate));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  return envelopeOf(common.HeaderType.CONFIG, 0, envelope.serializeBinary(), 'configuration');
}

function channelGroup(root: Uint8Array): common.ConfigGroup {
  const fabric = new msp.FabricMSPConfig();
  fabric.setName(ORDERER);
  fabric.setRootCertsList([root]);
  const outer = new msp.MSPConfig();
  outer.setConfig(fabric.serializeBinary());
  const value = new common.ConfigValue();
  value.setValue(outer.serializeBinary());
  const organisation = new common.ConfigGroup();
  organisation.getValuesMap().set('MSP', value);
  const orderer = new common.ConfigGroup();
  orderer.getGroupsMap().set('Orderers', organisation);
  const channel = new common.ConfigGroup();
  channel.getGroupsMap().set('Orderer', orderer);
  return channel;
}

function transactionEnvelope(
  { timeMs, writes, chaincode = 'passport' }: FactoryTransaction,
  txId: string,
): Uint8Array {
  const set = new ledger.rwset.kvrwset.KVRWSet();
  set.setWritesList(
    writes.map(({ key, value }) => {
      const write = new ledger.rwset.kvrwset.KVWrite();
      write.setKey(key);
      write.setValue(value);
      return write;
    }),
  );
  const namespace = new ledger.rwset.NsReadWriteSet();
  namespace.setNamespace(chaincode);
  namespace.setRwset(set.serializeBinary());
  const results = new ledger.rwset.TxReadWriteSet();
  results.setNsRwsetList([namespace]);
  const action = new peer.ChaincodeAction();
  action.setResults(results.serializeBinary());
  const response = new peer.ProposalResponsePayload();
  response.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(response.serializeBinary());
  const payload = new peer.ChaincodeActionPayload();
  payload.setAction(endorsed);
  const wrapped = new peer.TransactionAction();
  wrapped.setPayload(payload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([wrapped]);
  const type = common.HeaderType.ENDORSER_TRANSACTION;
  return envelopeOf(type, timeMs, transaction.serializeBinary(), txId);
}

function envelopeOf(type: number, timeMs: number, data: Uint8Array, txId: string): Uint8Array {
  const timestamp = new timestampProto.Timestamp();
  timestamp.setSeconds(Math.floor(timeMs / 1000));
  timestamp.setNanos((timeMs % 1000) * 1_000_000);
  const channel = new common.ChannelHeader();
  channel.setType(type);
  channel.setTxId(txId);
  channel.setChannelId(CHANNEL);
  channel.setTimestamp(timestamp);
  const header = new common.Header();
  header.setChannelHeader(channel.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}
