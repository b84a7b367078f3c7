// Not all of the package: each of the fold's threads would load it, and has no use for it.
import { AppError } from '@passport/runtime/app-error';

/** Why a listener halts: what it would have to do next would not be exact. */
export type HaltCode =
  /** A block does not follow from the one before it, or its data are not what its header says. */
  | 'CHAIN_BROKEN'
  /** No orderer of the channel has signed the block. */
  | 'BLOCK_UNSIGNED'
  /** The ledger is another one than the log's, or than the configured one. */
  | 'LEDGER_FOREIGN'
  /** At a height that the log has reached, the ledger has another block. */
  | 'LEDGER_FORKED'
  /** A block cannot be read at all. */
  | 'BLOCK_MALFORMED'
  /** What one partition has of the block is longer than a record of the log may be. */
  | 'BLOCK_TOO_LARGE'
  /** A valid transaction of ours cannot be read: this listener is too old, or wrong. */
  | 'LISTENER_OUTDATED'
  /** Two peers do not agree on what a block did. */
  | 'PEERS_DISAGREE'
  /**
   * The log is to be written again from before an erasure, and what opened the erased facts is destroyed: they could
   * not be taken back, and stay in sums of the blocks before.
   */
  | 'REPLAY_ERASED';

/** The listener must not go on; a person has to look. The message names the block. */
export class ListenerHalted extends AppError {
  override readonly code: HaltCode;
  readonly block: number;
  /** What is wrong there, without the block. */
  readonly why: string;

  constructor(code: HaltCode, block: number, why: string, cause?: unknown) {
    super(`block ${block}: ${why}`, { code, retry: 'never', cause });
    this.code = code;
    this.block = block;
    this.why = why;
  }
}

/** What `read` makes of a block's bytes. Throws ListenerHalted `BLOCK_MALFORMED` when it cannot. */
export function readOrHalt<T>(block: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ListenerHalted('BLOCK_MALFORMED', block, 'it cannot be read', error);
  }
}
