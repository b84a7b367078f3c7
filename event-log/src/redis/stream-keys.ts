/** The key of a partition's stream. In braces is what Redis Cluster chooses the node by. */
export function streamKey(name: string, partition: number): string {
  return `{${name}}:${partition}`;
}

/** The key that says how many partitions the log has. */
export function partitionsKey(name: string): string {
  return `{${name}}:partitions`;
}

/**
 * Ids of records are `0-1`, `0-2` …: the number after the dash is the record's position. Redis gives
 * them out without gaps, and keeps the last one when a stream is trimmed to nothing.
 */
export function entryId(number: bigint): string {
  return `0-${number}`;
}

/** The number in an entry's id. */
export function entryNumber(id: Buffer | string): bigint {
  const text = id.toString();
  if (!text.startsWith('0-')) throw new Error(`an entry that is not of this log: ${text}`);
  return BigInt(text.slice(2));
}

/** The one field of an entry. */
export const valueField = 'v';
