import { LedgerError, type PassportClient } from '@passport/ledger-client';
import {
  type CommandId,
  type Member,
  PassportError,
  type ReadCounts,
  type ReadInput,
  type ReadsPage,
  type Vid,
} from '@passport/model';

/** What reading with a grant needs of the ledger. */
export interface ReadLedger {
  /**
   * Records reads; a command id executes once. Throws {@link ReadRefused} where the ledger will never have
   * one of them, and PassportError `NOT_READY`, after which it may have happened.
   */
  record(commandId: CommandId, reads: readonly ReadInput[]): Promise<void>;
  /** How many queries each grant of the present owner was used for. Throws PassportError `NOT_READY`. */
  count(vid: Vid): Promise<ReadCounts>;
  /** Reads under an owner, the newest first. Throws PassportError `NOT_READY`, `REQUEST_MALFORMED`. */
  page(vid: Vid, ownerEpoch: number, after?: string): Promise<ReadsPage>;
  /** All members. Throws PassportError `NOT_READY`. */
  members(): Promise<readonly Member[]>;
}

/** The ledger refuses a batch for one of its reads: nothing of it has happened. */
export class ReadRefused extends Error {
  /** Which one, counted from 0. */
  readonly index: number;
  readonly code: string;

  constructor(index: number, code: string) {
    super(`read ${index} is refused: ${code}`);
    this.name = 'ReadRefused';
    this.index = index;
    this.code = code;
  }
}

/** Codes of refusals that blame the read itself, and stay: its grant or its owner is gone, erased by now. */
const lasting = new Set(['GRANT_UNKNOWN', 'OWNERSHIP_UNKNOWN', 'VEHICLE_UNKNOWN', 'GRANT_INVALID']);

/** The ledger through the typed calls of its contracts. */
export function passportReadLedger({ consent, members }: PassportClient): ReadLedger {
  return {
    async record(commandId, reads) {
      try {
        await consent.recordReads({ commandId, reads: [...reads] });
      } catch (error) {
        const { code = '', message = '' } =
          (error instanceof LedgerError ? error.chaincode : undefined) ?? {};
        const index = /\(at \/reads\/(\d+)/.exec(message)?.[1];
        if (index !== undefined && lasting.has(code)) throw new ReadRefused(Number(index), code);
        throw notReady(error);
      }
    },
    count: (vid) => answered(() => consent.countReads({ vid })),
    page: (vid, ownerEpoch, after) =>
      answered(() =>
        consent.readReads({ vid, ownerEpoch, ...(after === undefined ? {} : { after }) }),
      ),
    members: () => answered(() => members.readMembers({})),
  };
}

async function answered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw notReady(error);
  }
}

/** Without the ledger nobody reads; what else it may be is a bug, and stays one. */
function notReady(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  const failure = new PassportError('NOT_READY', `the ledger does not answer: ${error.code}`);
  failure.cause = error;
  return failure;
}
