import { LedgerError } from '@passport/ledger-client';
import { type ErrorCode, type EventId, isErrorCode, PassportError } from '@passport/model';
import { AppError } from '@passport/runtime';

/** What the ledger says of a request that it will not have, whenever it is made. */
export type Refusal = {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Which item of the request is to blame, counted from 0. */
  readonly item: number | undefined;
};

/**
 * The ledger refuses an event, or the batch or command that it is in. Nothing of that was recorded,
 * nothing is lost: the feed can be run again once the cause is gone. Its `code` is RECORD_REFUSED.
 */
export class RecordRefused extends AppError {
  readonly refusal: Refusal;
  /** The first event of the batch where the ledger does not say which one. */
  readonly event: EventId | undefined;

  constructor(what: string, refusal: Refusal, event: EventId | undefined, cause: unknown) {
    const message = `${what}: ${refusal.code}: ${refusal.detail}`;
    super(message, { code: 'RECORD_REFUSED', retry: 'never', cause });
    this.refusal = refusal;
    this.event = event;
  }
}

const pointer = /\/(?:events|vehicles)\/(\d+)/;

/** The refusal that an error of a writer is; undefined for a failure that may pass. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof PassportError && error.retry === 'never') {
    return { code: error.code, detail: error.detail, item: itemOf(error.pointer ?? '') };
  }
  if (error instanceof LedgerError && error.retry === 'never') {
    const { code = '', message = '' } = error.chaincode ?? {};
    if (isErrorCode(code)) return { code, detail: message, item: itemOf(message) };
  }
  return undefined;
}

function itemOf(text: string): number | undefined {
  const [, item] = pointer.exec(text) ?? [];
  return item === undefined ? undefined : Number(item);
}
