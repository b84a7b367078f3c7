// What only a server can do stands here, all else in browser.ts, which is the package in a browser.
export * from './browser.ts';
export { pinIssuer } from './certificate/pin-issuer.ts';
export {
  chainOf,
  type CertificateToSign,
  signCertificate,
} from './certificate/sign-certificate.ts';
export { writeSecretFile } from './files/secret-file.ts';
export { type BlockSummary, summarise, type TransactionSummary } from './blocks/block-summary.ts';
export { type Header, headerBytes, headerHash } from './blocks/header-hash.ts';
export { ledgerNameOf, readLedgerName } from './blocks/ledger-name.ts';
export { readBlocks } from './blocks/read-blocks.ts';
export { signErasure, verifyErasure } from './erasure/erasure-certificate.ts';
export { erasureOffice, type ErasureOffice, type ErasureState } from './erasure/erasure-office.ts';
export { finishGranteePart, type GranteeMeans, type GranteePart } from './erasure/grantee-part.ts';
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
export { answered } from './contracts/answered.ts';
export { relayId } from './contracts/relay-id.ts';
export { type CallPolicy, defaultCallPolicy } from './contracts/call-policy.ts';
export { submitCommand, type SubmittedCommand } from './contracts/submit-command.ts';
export {
  type CertifiedIdentity,
  identityOfChain,
  type MemberRoots,
  readMemberRoots,
} from './request-proof/member-roots.ts';
export { MemoryReplayStore, type ReplayStore } from './request-proof/replay-store.ts';
export {
  PROOF_AGE_MS_MAX,
  type ProofPolicy,
  type Requester,
  verifyRequest,
} from './request-proof/verify-request.ts';
export { requireCovers, type VoucherExpected, VoucherVerifier } from './market/verify-voucher.ts';
export { keyIdOfCertificate } from './signing/certificate-key-id.ts';
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
export { fileWalletStore, nodeScrypt } from './wallet/file-wallet-store.ts';
export { type RelayDeskOptions, RelayDesk, type RelayedRead } from './relay/relay-desk.ts';
export { type RelayProblem, relayProblemOf } from './relay/relay-problem.ts';
export {
  type AbsentSigner,
  connectOffline,
  type OfflineLedger,
  type Signed,
  type Unsigned,
} from './offline/offline-ledger.ts';
