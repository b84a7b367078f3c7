export { writeSecretFile } from './files/secret-file.ts';
export { type BlockSummary, summarise, type TransactionSummary } from './blocks/block-summary.ts';
export { type Header, headerBytes, headerHash } from './blocks/header-hash.ts';
export { ledgerNameOf, readLedgerName } from './blocks/ledger-name.ts';
export { readBlocks } from './blocks/read-blocks.ts';
export { signErasure, verifyErasure } from './erasure/erasure-certificate.ts';
export { type LedgerIdentity, readIdentity } from './identity.ts';
export {
  type ChaincodeError,
  type EndpointMessage,
  LedgerError,
  type LedgerErrorCode,
  type LedgerFailure,
  type LedgerStep,
} from './ledger-error.ts';
export {
  type CommittedTransaction,
  connectLedger,
  type ConnectOptions,
  type ContractCall,
  defaultDeadlinesMs,
  type EndorsedTransaction,
  Ledger,
} from './ledger.ts';
export {
  LedgerProfileError,
  type NetworkProfile,
  type OrganisationProfile,
  readNetworkProfile,
} from './network-profile.ts';
export {
  type Committed,
  passportClient,
  type PassportClient,
  type PassportClientOptions,
} from './contracts/passport-client.ts';
export {
  type CommandPolicy,
  defaultCommandPolicy,
  submitCommand,
  type SubmittedCommand,
} from './contracts/submit-command.ts';
export {
  type CertifiedIdentity,
  identityOfChain,
  type MemberRoots,
  readMemberRoots,
} from './request-proof/member-roots.ts';
export { PROOF_HEADER, type ProvenRequest } from './request-proof/proof.ts';
export { MemoryReplayStore, type ReplayStore } from './request-proof/replay-store.ts';
export { type RequestSigner, signRequest } from './request-proof/sign-request.ts';
export {
  PROOF_AGE_MS_MAX,
  type ProofPolicy,
  type Requester,
  verifyRequest,
} from './request-proof/verify-request.ts';
export { signVoucher, type VoucherKey, type VoucherToSign } from './market/sign-voucher.ts';
export { requireCovers, type VoucherExpected, VoucherVerifier } from './market/verify-voucher.ts';
export { keyIdOf, keyIdOfCertificate } from './signing/key-id.ts';
export {
  type CommandToSign,
  signCommand,
  signTicket,
  type TicketToSign,
} from './signing/sign-command.ts';
export {
  generateSigningKey,
  importSigningKey,
  readSigningKey,
  type SigningKey,
  writeSigningKey,
} from './signing/signing-key.ts';
export {
  KeyRing,
  type Destruction,
  type ReaderKey,
  type RingWitness,
  witnessRing,
} from './key-ring/key-ring.ts';
export { openGrant } from './key-ring/open-grant.ts';
export type { DeskOptions } from './owner/desk-signer.ts';
export { type Reader, termsOf, type TermsOfGrant } from './owner/grant-terms.ts';
export { OwnerDesk } from './owner/owner-desk.ts';
export { type OwnerView, readOwnerView } from './owner/owner-view.ts';
export { type EpochPlan, planEpochs, quarters } from './owner/plan-epochs.ts';
export { type Buyer, carScopes, ResaleDesk } from './owner/resale-desk.ts';
export { fileWalletStore, nodeScrypt } from './wallet/file-wallet-store.ts';
export {
  type ScryptCost,
  scryptCost,
  type StretchPassphrase,
  type WalletStore,
} from './wallet/wallet-store.ts';
export { Wallet, type WalletOptions } from './wallet/wallet.ts';
export { newVehicle, type WalletContent, type WalletVehicle } from './wallet/wallet-content.ts';
