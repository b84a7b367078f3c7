import type { common } from '@hyperledger/fabric-protos';

/** Where blocks come from: in order and for ever, from a number on. */
export type BlockSource = {
  /**
   * Throws when the ledger cannot be reached or the stream breaks; it can be opened again. Ends when
   * the signal aborts.
   */
  read(from: number, signal: AbortSignal): AsyncIterable<common.Block>;
};
