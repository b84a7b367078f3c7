/**
 * Keys of one partition. They share a hash tag, so that Redis Cluster keeps them on one node and one
 * script can change them all. `name` tells ledgers apart that share a Redis.
 */
export class PartitionKeys {
  readonly #tag: string;

  constructor(name: string, partition: number) {
    this.#tag = `passport:{${name}:${partition}}`;
  }

  /** Hash: up to which block the partition's state goes, and how the log goes on. */
  get position(): string {
    return `${this.#tag}:position`;
  }

  /** What all of them begin with. */
  get prefix(): string {
    return this.#tag;
  }

  /** What {@link vids} and {@link lines} begin with, the epoch not included. */
  get bookPrefixes(): readonly [vids: string, lines: string] {
    return [`${this.#tag}:vids:`, `${this.#tag}:lines:`];
  }

  /** Set of the epochs that there is state of. */
  get epochs(): string {
    return `${this.#tag}:epochs`;
  }

  /** Hash of an epoch and view: cell and key of a sum -> sum. */
  cells(epoch: number, view: string): string {
    return `${this.#tag}:cells:${epoch}:${view}`;
  }

  /** Hash of an epoch: first block of a record -> its packed facts. */
  deltas(epoch: number): string {
    return `${this.#tag}:deltas:${epoch}`;
  }

  /** Hash of an epoch: first block of a record -> its packed lines of log books. */
  lines(epoch: number): string {
    return `${this.#tag}:lines:${epoch}`;
  }

  /** Hash of an epoch: first block of a record -> the vehicles that it has lines of. */
  vids(epoch: number): string {
    return `${this.#tag}:vids:${epoch}`;
  }
}

/** Stands between cell and key in a field of {@link PartitionKeys.cells}. */
export const FIELD_SEPARATOR = '\u001e';
