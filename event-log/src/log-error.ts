import { AppError } from '@passport/runtime';

import type { LogPosition } from './event-log.ts';

/** The log does not answer, or not well, and waiting did not help; what was asked may have happened. */
export class LogUnavailable extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'LOG_UNAVAILABLE', retry: 'same-id', cause });
  }
}

/** A record is longer than `RECORD_BYTES_MAX`. */
export class RecordTooLarge extends AppError {
  constructor(bytes: number, bytesMax: number) {
    super(`a record of ${bytes} bytes; the log takes ${bytesMax}`, {
      code: 'RECORD_TOO_LARGE',
      retry: 'never',
    });
  }
}

/** Records that are asked for were trimmed. */
export class LogTrimmed extends AppError {
  readonly partition: number;
  /** The last record that was consumed before the gap; in `last`, the newest that was trimmed. */
  readonly position: LogPosition;

  constructor(partition: number, position: LogPosition) {
    super(`partition ${partition} is trimmed at and beyond position ${position}`, {
      code: 'LOG_TRIMMED',
      retry: 'never',
    });
    this.partition = partition;
    this.position = position;
  }
}

/** A position lies beyond the end: it is of another log, or the log has lost records. */
export class LogPositionUnknown extends AppError {
  readonly partition: number;
  readonly position: LogPosition;

  constructor(partition: number, position: LogPosition) {
    super(`position ${position} is beyond the end of partition ${partition}`, {
      code: 'LOG_POSITION_UNKNOWN',
      retry: 'never',
    });
    this.partition = partition;
    this.position = position;
  }
}

/** There is a log of this name with another number of partitions. */
export class LogPartitionsDiffer extends AppError {
  constructor(name: string, wanted: number, found: number) {
    super(`log ${name} has ${found} partitions, not ${wanted}`, {
      code: 'LOG_PARTITIONS_DIFFER',
      retry: 'never',
    });
  }
}

/** The server may lose or forget what it acknowledged, by its settings. */
export class LogNotDurable extends AppError {
  constructor(where: string, setting: string, wanted: string, found: string) {
    super(`${where} must have ${setting} ${wanted} to hold a log; it has ${found}`, {
      code: 'LOG_NOT_DURABLE',
      retry: 'never',
    });
  }
}
