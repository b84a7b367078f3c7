import type { AnswerCell } from '@passport/model';

const DAY_MS = 86_400_000;

/** A cell of a `day` as days since 1970-01-01. Throws RangeError for what is no day. */
export function daysOf(cell: AnswerCell): number | null {
  if (cell === null) return null;
  return checked(Date.parse(`${String(cell)}T00:00:00.000Z`), cell) / DAY_MS;
}

/** A cell of an `instant` as milliseconds since 1970. Throws RangeError for what is none. */
export function millisOf(cell: AnswerCell): number | null {
  return cell === null ? null : checked(Date.parse(String(cell)), cell);
}

function checked(time: number, cell: AnswerCell): number {
  if (!Number.isNaN(time)) return time;
  throw new RangeError(`${String(cell)} is no time of that type`);
}
