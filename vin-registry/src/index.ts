export {
  type VehicleAtIntake,
  type VehicleMatch,
  VinMatcher,
  type VinMatcherOptions,
} from './client/vin-matcher.ts';
export { type MatchProof, verifyMatch, type VinAndPaper } from './match-statement.ts';
