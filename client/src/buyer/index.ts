/** The SDK for buyers and owners: fetch and WebCrypto only, so that pages and programs use the same. */
export type { LedgerTab, UsageAnswer, VehicleNames } from './answers.ts';
export {
  type AnswerFormat,
  answerFormats,
  type Ask,
  drivingAsk,
  sqlAsk,
  type ViewAsk,
  vehicleAsk,
  viewAsk,
} from './asking.ts';
export { BankDesk, laneWith } from './bank.ts';
export { BuyerError, type BuyerErrorCode } from './buyer-error.ts';
export { type BuyerJwk, generateBuyerKey, importBuyerKey } from './buyer-key.ts';
export { type Bought, Buyer, type BuyerOptions, type PriceLimit } from './buyer.ts';
export { type Claimed, Earnings, type EarningsStatement, earningsStatement } from './earnings.ts';
export { HttpBase, type Surroundings } from './market-http.ts';
export type { Priced } from './payer.ts';
export { Purse, readTerms } from './purse-book.ts';
export type { PurseContent, PurseStore, PurseTab } from './purse.ts';
export { checkQuote, checkReceipt, type ReceiptExpected } from './receipt-check.ts';
export { type SettledReceipt, settledReceipt } from './settled-receipt.ts';
export type { Session, SessionAnswer } from './session.ts';
export type { NewTab, Tabs } from './tabs.ts';
