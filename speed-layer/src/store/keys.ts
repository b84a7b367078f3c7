/** How state is laid out in Redis. State of another layout is not looked at: it is made again from the log. */
const LAYOUT = 3;

/**
 * Keys of one partition. They share a hash tag, so that Redis Cluster keeps them on one node and one
 * script can change them all. `name` tells ledgers apart that share a Redis.
 */
export class PartitionKeys {
  /** What all of them begin with. */
  readonly prefix: string;

  constructor(name: string, partition: number) {
    this.prefix = `passport:{${name}:${partition}}:${LAYOUT}`;
  }

  /** Hash: up to which block the partition's state goes, and how the log goes on. */
  get position(): string {
    return `${this.prefix}:position`;
  }

  /** What {@link vids} and {@link lines} begin with, the epoch not included. */
  get bookPrefixes(): readonly [vids: string, lines: string] {
    return [`${this.prefix}:vids:`, `${this.prefix}:lines:`];
  }

  /** Set of the epochs that there is state of. */
  get epochs(): string {
    return `${this.prefix}:epochs`;
  }

  /** Hash: {@link tableName} -> what the sums in its {@link cells} are, a list of measures in JSON. */
  get tables(): string {
    return `${this.prefix}:tables`;
  }

  /** Hash of a {@link tableName}: cell -> its sums, a list of numbers in MessagePack. */
  cells(table: string): string {
    return `${this.prefix}:cells:${table}`;
  }

  /** Hash of an epoch: first block of a record -> its packed facts. */
  deltas(epoch: number): string {
    return `${this.prefix}:deltas:${epoch}`;
  }

  /** Hash of an epoch: first block of a record -> its packed lines of log books. */
  lines(epoch: number): string {
    return `${this.prefix}:lines:${epoch}`;
  }

  /** Hash of an epoch: first block of a record -> the vehicles that it has lines of. */
  vids(epoch: number): string {
    return `${this.prefix}:vids:${epoch}`;
  }
}

/** A table: the sums of one view in an epoch. */
export function tableName(epoch: number, view: string): string {
  return `${epoch}:${view}`;
}

/** The epoch of a {@link tableName}. */
export function epochOfTable(name: string): number {
  return Number(name.slice(0, name.indexOf(':')));
}
