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
