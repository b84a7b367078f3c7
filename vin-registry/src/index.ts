export {
  type VehicleAtIntake,
  type VehicleMatch,
  VinMatcher,
  type VinMatcherOptions,
} from './client/vin-matcher.ts';
export { type AppEvents, createApp } from './http/create-app.ts';
export { listen } from './http/listen.ts';
export { keepKey, writePublicKey } from './keys/keep-key.ts';
export { PublicKeyFileError, readEvaluatorKey, readPublicKey } from './keys/public-key-file.ts';
export {
  type MatchProof,
  type VerifiedMatch,
  verifyMatch,
  type VinAndPaper,
} from './match-statement.ts';
