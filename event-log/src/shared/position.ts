import type { LogPosition, ReadFrom } from '../event-log.ts';

const POSITION = /^\d{1,19}$/;

/**
 * Both adapters number the records of a partition without gaps; a position is the number of a
 * record in decimals.
 */
export function parsePosition(position: LogPosition): bigint {
  if (!POSITION.test(position)) throw new RangeError(`not a position of this log: ${position}`);
  return BigInt(position);
}

/** The number of the record to read next; undefined for the oldest one, whatever it is. */
export function nextAfter(from: ReadFrom): bigint | undefined {
  return from === 'earliest' ? undefined : parsePosition(from) + 1n;
}
