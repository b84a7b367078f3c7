import { type NewRecord, RECORD_BYTES_MAX } from '../event-log.ts';
import { RecordTooLarge } from '../log-error.ts';

/** Throws RangeError and `RecordTooLarge`, before anything is written. */
export function checkRecords(records: readonly NewRecord[], partitions: number): void {
  for (const { partition, value } of records) {
    checkPartition(partition, partitions);
    if (value.length > RECORD_BYTES_MAX) throw new RecordTooLarge(value.length, RECORD_BYTES_MAX);
  }
}

/** Throws RangeError when the log has no such partition. */
export function checkPartition(partition: number, partitions: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  throw new RangeError(`partition ${partition} of a log with ${partitions}`);
}
