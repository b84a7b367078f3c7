import { common } from '@hyperledger/fabric-protos';
import { type Header, headerHash } from '@passport/ledger-client';

import { ListenerHalted } from '../listener-error.ts';

/** A block as the listener looks at it. */
export type Block = Header & {
  /** SHA-256 of the header. */
  readonly hash: Buffer;
  readonly envelopes: readonly Uint8Array[];
  /** Validation code of each envelope; the peer's word. */
  readonly codes: Uint8Array;
  /** Metadata by common.BlockMetadataIndex. */
  readonly metadata: readonly Uint8Array[];
};

/** A block as folding looks at it. */
export type FoldableBlock = Pick<Block, 'number' | 'hash' | 'envelopes' | 'codes'>;

/** Takes a block apart. Throws ListenerHalted `BLOCK_MALFORMED`. */
export function readBlock(block: common.Block): Block {
  const header = block.getHeader();
  const number = header?.getNumber() ?? -1;
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const codes = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array(0);
  if (header === undefined || !Number.isSafeInteger(number)) {
    throw new ListenerHalted('BLOCK_MALFORMED', number, 'it has no header');
  }
  if (codes.length !== envelopes.length) {
    const why = `${codes.length} validation codes for ${envelopes.length} transactions`;
    throw new ListenerHalted('BLOCK_MALFORMED', number, why);
  }
  const known = {
    number,
    previousHash: header.getPreviousHash_asU8(),
    dataHash: header.getDataHash_asU8(),
  };
  return { ...known, hash: headerHash(known), envelopes, codes, metadata };
}
