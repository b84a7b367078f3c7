export {
  type VehicleAtIntake,
  type VehicleMatch,
  VinMatcher,
  type VinMatcherOptions,
} from './client/vin-matcher.ts';
export {
  type MatchProof,
  type VerifiedMatch,
  verifyMatch,
  type VinAndPaper,
} from './match-statement.ts';
