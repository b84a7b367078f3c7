import { common } from '@hyperledger/fabric-protos';

/** What can be wrong with a block that a peer delivers, and the code that the listener halts with. */
export const badBlocks: Readonly<Record<string, (block: common.Block) => void>> = {
  BLOCK_MALFORMED: (block) => setSlot(block, common.BlockMetadataIndex.TRANSACTIONS_FILTER),
  CHAIN_BROKEN: (block) => block.getHeader()?.setPreviousHash(new Uint8Array(32)),
  BLOCK_UNSIGNED: (block) => setSlot(block, common.BlockMetadataIndex.SIGNATURES),
};

/** A copy of a block that was changed. */
export function changed(block: common.Block, change: (block: common.Block) => void): common.Block {
  const copy = common.Block.deserializeBinary(block.serializeBinary());
  change(copy);
  return copy;
}

function setSlot(block: common.Block, slot: number): void {
  const slots = block.getMetadata()?.getMetadataList_asU8() ?? [];
  slots[slot] = new Uint8Array(0);
  block.getMetadata()?.setMetadataList(slots);
}
