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

  /** Set of the epochs that there is state of. */
  get epochs(): string {
    return `${this.#tag}:epochs`;
  }

  /** Hash of an epoch and view: cell and key -> sum. */
  cells(epoch: number, view: string): string {
    return `${this.#tag}:cells:${epoch}:${view}`;
  }

  /** Hash of an epoch: first block of a record -> its packed facts. */
  deltas(epoch: number): string {
    return `${this.#tag}:deltas:${epoch}`;
  }

  /** List of an epoch: lines of a vehicle's log book, JSON each. */
  book(epoch: number, vid: string): string {
    return `${this.#tag}:book:${epoch}:${vid}`;
  }

  /** Hash of an epoch: vid -> the vehicle's newest line, JSON. */
  latest(epoch: number): string {
    return `${this.#tag}:latest:${epoch}`;
  }
}

/** Stands between cell and key in a field of {@link PartitionKeys.cells}. */
export const FIELD_SEPARATOR = '\u001e';
