export { type Reader, termsOf, type TermsOfGrant } from './owner/grant-terms.ts';
export type { DeskOptions } from './owner/desk-signer.ts';
export { type Offer, parseOffer } from './owner/offer.ts';
export { OwnerDesk } from './owner/owner-desk.ts';
export { type OwnerReads, type OwnerView, readOwnerView } from './owner/owner-view.ts';
export { type EpochPlan, planEpochs, quarters } from './owner/plan-epochs.ts';
export { type Buyer, carScopes, ResaleDesk } from './owner/resale-desk.ts';
export { signVoucher, type VoucherToSign } from './market/sign-voucher.ts';
export { sealingKeysAnswer } from './relay/answers.ts';
export { HttpRelay, type HttpRelayOptions } from './relay/http-relay.ts';
export type { RelayedCommand, RelayPlace } from './relay/relay-desk.ts';
export { RelayError, type RelayErrorCode } from './relay/relay-error.ts';
export {
  type AskedCall,
  CertifiedLedger,
  type CertifiedLedgerOptions,
  type SubmittedCall,
} from './offline/certified-ledger.ts';
export { PROOF_HEADER, type ProvenRequest } from './request-proof/proof.ts';
export {
  type CertifiedSigner,
  type RequestSigner,
  signRequest,
} from './request-proof/sign-request.ts';
export { keyIdOf } from './signing/key-id.ts';
export {
  generatePrivateJwk,
  type PersonKey,
  personKeyOf,
  type PrivateJwk,
  publicPartOf,
} from './signing/person-key.ts';
export {
  type CommandToSign,
  signCommand,
  signTicket,
  type TicketToSign,
} from './signing/sign-command.ts';
export type { BoxKey } from './wallet/sealed-box.ts';
export { newVehicle, type WalletContent, type WalletVehicle } from './wallet/wallet-content.ts';
export {
  type ScryptCost,
  scryptCost,
  type StretchPassphrase,
  type WalletStore,
} from './wallet/wallet-store.ts';
export { type CopyOpener, Wallet, type WalletOptions } from './wallet/wallet.ts';
