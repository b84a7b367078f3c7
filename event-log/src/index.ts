export {
  type EventLog,
  type LogBatch,
  type LogPosition,
  type LogReader,
  type LogRecord,
  type NewRecord,
  type ReadFrom,
  RECORD_BYTES_MAX,
} from './event-log.ts';
export {
  LogNotDurable,
  LogPartitionsDiffer,
  LogPositionUnknown,
  LogTrimmed,
  LogUnavailable,
  RecordTooLarge,
} from './log-error.ts';
export { type EventLogOptions, openEventLog } from './open-event-log.ts';
export { defaultLimits, type LogLimits } from './shared/log-limits.ts';
export { logOptions, logSettings } from './settings.ts';
