import type { VoucherVerifier } from '@passport/ledger-client';
import type { CommandId, MspId, VoucherLedger } from '@passport/model';

import type { AnswerStore } from './answer-store.ts';
import type { DebitJournal } from './debit-journal.ts';
import type { OperatorSeal } from './operator-seal.ts';
import type { PriceBook } from './price-book.ts';
import type { ReceiptSeal } from './receipt-seal.ts';
import type { SessionKeys } from './session-keys.ts';
import type { TabLeases } from './tab-leases.ts';
import type { TabMirror } from './tab-mirror.ts';

/** What selling takes. */
export type MarketDesk = {
  readonly operator: MspId;
  readonly place: VoucherLedger;
  readonly seal: OperatorSeal;
  readonly receipts: ReceiptSeal;
  readonly sessions: SessionKeys;
  readonly verifier: VoucherVerifier;
  readonly tabs: TabMirror;
  readonly leases: TabLeases;
  readonly journal: DebitJournal;
  readonly prices: PriceBook;
  readonly answers: AnswerStore;
  /** Purchases under way, by tab and key. */
  readonly underWay: Map<string, UnderWay>;
  /** No voucher is taken that is void, and no tab that is over, within so long; milliseconds. */
  readonly marginMs: number;
  readonly now: () => Date;
  /** Names a receipt: another one each time. */
  readonly newReceipt: () => CommandId;
};

/** A purchase that is not over yet: the same again waits for it. */
export type UnderWay = { readonly request: string; readonly response: Promise<Sold> };

/** What leaves: the answer, and in a header the receipt as a JWS, of what was sold. */
export type Sold = {
  readonly body: string | Buffer;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
};
