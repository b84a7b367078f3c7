import type { PaymentRequirements } from '@passport/model';

/** Why something could not be bought, beside the codes that market, ledger and bank answer with. */
export type BuyerErrorCode =
  /** What was asked for makes no sense; the message says what to write. */
  | 'USAGE'
  /** Market or bank cannot be reached, or have no answer yet. */
  | 'UNREACHABLE'
  /** Market or bank refuse; `apiCode` is their code. */
  | 'REFUSED'
  /** What came back cannot be read. */
  | 'ANSWER_MALFORMED'
  /** There is no open tab to pay from. */
  | 'NO_TAB'
  /** The tab has less than the answer may cost. */
  | 'TAB_SHORT'
  /** It costs more than the buyer wants to pay. */
  | 'PRICE_ABOVE_LIMIT'
  /** The market is not the one that was bought from before, or asks for a payment to somebody else. */
  | 'MARKET_CHANGED'
  /** The market says that more was bought than was signed for. */
  | 'CHARGE_DISPUTED'
  /** A receipt is not by the market, or not for this answer. */
  | 'RECEIPT_INVALID';

/** A purchase did not come about, and nothing was lost by it: the message says what to do. */
export class BuyerError extends Error {
  readonly code: BuyerErrorCode;
  /** The code of the catalogue that the other side refused with. */
  readonly apiCode: string | undefined;
  /** What it would cost, where that is what was asked for. */
  readonly required: PaymentRequirements | undefined;

  constructor(
    code: BuyerErrorCode,
    message: string,
    more: {
      readonly apiCode?: string | undefined;
      readonly required?: PaymentRequirements | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'BuyerError';
    this.code = code;
    this.apiCode = more.apiCode;
    this.required = more.required;
  }
}
