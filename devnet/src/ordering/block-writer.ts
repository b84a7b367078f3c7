import { randomBytes } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';

import { blockDataHash, blockHeaderBytes } from '../ledger/block-hash.ts';

/** Signs blocks as the orderer. */
export type BlockSigner = {
  /** A serialized msp.SerializedIdentity. */
  readonly serialized: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

const NONCE_BYTES = 24;
/** Slots of a block's metadata, in order of common.BlockMetadataIndex. */
const METADATA_SLOTS = 5;

/**
 * The next block of a chain, signed by the orderer; the slots that the committing peer fills are
 * still empty. Source: Fabric, orderer/common/multichannel/blockwriter.go.
 */
export function createBlock(
  number: number,
  previousHash: Uint8Array,
  envelopes: readonly Uint8Array[],
  lastConfigBlock: number,
  signer: BlockSigner,
): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(number);
  header.setPreviousHash(previousHash);
  header.setDataHash(blockDataHash(envelopes));

  const data = new common.BlockData();
  data.setDataList([...envelopes]);

  const slots: Uint8Array[] = Array.from({ length: METADATA_SLOTS }, () => new Uint8Array(0));
  slots[common.BlockMetadataIndex.SIGNATURES] = signatures(header, lastConfigBlock, signer);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(slots);

  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

/** Fills the two slots of a block's metadata that belong to the committing peer. */
export function setCommitMetadata(
  block: common.Block,
  codes: Uint8Array,
  commitHash: Uint8Array | undefined,
): void {
  const metadata = block.getMetadata() ?? new common.BlockMetadata();
  const slots = metadata.getMetadataList_asU8();
  while (slots.length < METADATA_SLOTS) slots.push(new Uint8Array(0));
  slots[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = codes;
  if (commitHash !== undefined) {
    const wrapped = new common.Metadata();
    wrapped.setValue(commitHash);
    slots[common.BlockMetadataIndex.COMMIT_HASH] = wrapped.serializeBinary();
  }
  metadata.setMetadataList(slots);
  block.setMetadata(metadata);
}

function signatures(
  header: common.BlockHeader,
  lastConfigBlock: number,
  signer: BlockSigner,
): Uint8Array {
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(lastConfigBlock);
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  ordererMetadata.setConsenterMetadata(new common.Metadata().serializeBinary());
  const value = ordererMetadata.serializeBinary();

  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.serialized);
  signatureHeader.setNonce(randomBytes(NONCE_BYTES));
  const headerBytes = signatureHeader.serializeBinary();

  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(headerBytes);
  signature.setSignature(
    signer.sign(Buffer.concat([value, headerBytes, blockHeaderBytes(header)])),
  );
  const metadata = new common.Metadata();
  metadata.setValue(value);
  metadata.setSignaturesList([signature]);
  return metadata.serializeBinary();
}
