import type { AnswerRow, AnswerTable } from '@passport/model';

/** What an answer says beside its table; it has no `columns` and no `rows`. */
export type AnswerHead = Readonly<Record<string, unknown>>;

/** A way of writing tables down. */
export type TableFormat = {
  /** As `?format=` and file names have it. */
  readonly name: string;
  readonly mediaType: string;
  /** Of the header Content-Type, where it says more than the media type. */
  readonly contentType?: string;
  /** The bytes, part by part: the next part is made when it is asked for. Only JSON has the head in it. */
  encode(table: AnswerTable, head: AnswerHead): Iterable<Uint8Array>;
};

/** Rows of one part: what is in memory at once beside the table. */
const PART_ROWS = 4_096;

/** The rows of a table in parts; of none there is none. */
export function* partsOf({ rows }: AnswerTable): Generator<readonly AnswerRow[]> {
  for (let start = 0; start < rows.length; start += PART_ROWS) {
    yield rows.slice(start, start + PART_ROWS);
  }
}
