/** Why blocks are not what a ledger of ours can have. */
export type HistoryErrorCode =
  /** A block does not follow from the one before it, or its data are not what its header says. */
  | 'CHAIN_BROKEN'
  /** A block, or what a transaction wrote, cannot be read. */
  | 'BLOCK_MALFORMED'
  /** An entry voids what was never recorded, or what is void already. */
  | 'VOID_IMPOSSIBLE'
  /** The question names a block that is not in the history. */
  | 'BLOCK_UNKNOWN'
  /** The question names a view, a metric or a dimension that there is not, or leaves out the window. */
  | 'QUESTION_INVALID';

/** The oracle cannot answer; `block` is the one to look at, where there is one. */
export class HistoryError extends Error {
  readonly code: HistoryErrorCode;
  readonly block: number | undefined;

  constructor(code: HistoryErrorCode, why: string, block?: number, cause?: unknown) {
    super(
      block === undefined ? why : `block ${block}: ${why}`,
      cause === undefined ? {} : { cause },
    );
    this.name = 'HistoryError';
    this.code = code;
    this.block = block;
  }
}
