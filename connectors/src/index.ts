export { defaultReadLimits, type ReadLimits } from './duckdb/read-columns.ts';
export type { Feed, FeedEvent, FeedItem, FeedRefusal } from './feed.ts';
export { FeedUnreadable } from './feed-error.ts';
export { collisions, type CollisionsOptions } from './feeds/collisions.ts';
export { crashReports, type CrashReportsOptions } from './feeds/crash-reports.ts';
export { evSignals, type EvSignalsOptions } from './feeds/ev-signals.ts';
export { defaultFleetLimits, type FleetLimits } from './feeds/fleet-limits.ts';
export { withPapers } from './feeds/with-papers.ts';
export { fleetPositions, type FleetPositionsOptions } from './feeds/fleet-positions.ts';
export type { Engine } from './feeds/fuel.ts';
export { obdSignals, type ObdSignalsOptions } from './feeds/obd-signals.ts';
export { type Intake, type IntakeVehicle, randomIntake } from './intake.ts';
export { ledgerLogBookWriter, type LedgerWriterOptions } from './ledger-log-book-writer.ts';
export type { LogBookWriter } from './log-book-writer.ts';
export type { ConnectorMemory, KnownVehicle, Recording } from './memory/connector-memory.ts';
export { openLmdbMemory } from './memory/lmdb-memory.ts';
export { volatileMemory } from './memory/volatile-memory.ts';
export type { Seal, SealedOf } from './seal.ts';
export {
  adoptVehicles,
  type EnrolledVehicle,
  enrolVehicles,
  type NamedVehicle,
} from './run/enrol-vehicles.ts';
export type { FeedProgress } from './run/feed-tally.ts';
export { RecordRefused, type Refusal } from './run/record-refused.ts';
export { defaultRunLimits, type RunLimits } from './run/run-limits.ts';
export { runFeed, type RunOptions } from './run-feed.ts';
export { sealToOwners, type SealToOwnersOptions } from './seal-to-owners.ts';
