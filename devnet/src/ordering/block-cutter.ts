import type { BatchSize } from '../configuration/genesis-block.ts';

/** An envelope waiting for its block: payload and signature count for its size. */
export type PendingEnvelope = { readonly bytes: Uint8Array; readonly messageBytes: number };

/**
 * Groups envelopes, in the order of their arrival, into batches that become blocks.
 * Source of the rules: Fabric, orderer/common/blockcutter/blockcutter.go.
 */
export class BlockCutter<T extends PendingEnvelope> {
  readonly #size: BatchSize;
  #pending: T[] = [];
  #pendingBytes = 0;

  constructor(size: BatchSize) {
    this.#size = size;
  }

  /** Adds an envelope; returns the batches that this closes: none, one or two. */
  add(envelope: T): T[][] {
    const batches: T[][] = [];
    if (envelope.messageBytes > this.#size.preferredMaxBytes) {
      this.#cutInto(batches);
      batches.push([envelope]);
      return batches;
    }
    if (this.#pendingBytes + envelope.messageBytes > this.#size.preferredMaxBytes) {
      this.#cutInto(batches);
    }
    this.#pending.push(envelope);
    this.#pendingBytes += envelope.messageBytes;
    if (this.#pending.length >= this.#size.maxMessageCount) this.#cutInto(batches);
    return batches;
  }

  /** Closes the open batch, as the timeout does; empty when nothing waits. */
  cut(): T[] {
    const batch = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    return batch;
  }

  /** Envelopes in the open batch. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  #cutInto(batches: T[][]): void {
    if (this.#pending.length > 0) batches.push(this.cut());
  }
}
