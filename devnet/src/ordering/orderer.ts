import { common } from '@hyperledger/fabric-protos';
import type { StartTimer } from '@passport/runtime';

import type { BatchSize } from '../configuration/genesis-block.ts';
import { BlockCutter } from './block-cutter.ts';
import { readBroadcastHeaders, readCreator, UnreadableEnvelope } from './broadcast-headers.ts';

/** How the orderer answers a broadcast: a common.Status, with a reason where it is not SUCCESS. */
export type BroadcastResult = { readonly status: number; readonly info: string };

/** An envelope in line for a block. */
export type OrderedEnvelope = {
  readonly bytes: Uint8Array;
  readonly messageBytes: number;
  readonly envelope: common.Envelope;
};

/** The channel as the orderer needs it. */
export interface OrderingChannel {
  readonly channelId: string;
  /** Throws with Fabric's text when /Channel/Writers is not satisfied. */
  authorizeBroadcast(envelope: common.Envelope, creator: Uint8Array): void;
  creatorExpiresAt(creator: Uint8Array): Date | undefined;
}

/** What an orderer is made of, and its limits. */
export type OrdererOptions = {
  readonly channel: OrderingChannel;
  readonly batchSize: BatchSize;
  readonly batchTimeoutMs: number;
  /** Envelopes waiting for their block; more are refused as SERVICE_UNAVAILABLE. */
  readonly pendingMax: number;
  readonly now: () => Date;
  readonly startTimer: StartTimer;
  /** Makes a batch the next block; the block is durable when this resolves. */
  readonly commit: (batch: readonly OrderedEnvelope[]) => Promise<void>;
  /** Called when a commit fails: the chain cannot go on. */
  readonly onFailure: (error: unknown) => void;
};

const { SUCCESS, BAD_REQUEST, FORBIDDEN, SERVICE_UNAVAILABLE } = common.Status;

/**
 * One orderer: checks envelopes, cuts them into batches and has each made the next block, in the
 * order of arrival. Source: Fabric, orderer/common/{broadcast,msgprocessor} and
 * orderer/consensus/etcdraft/chain.go (batch timer).
 */
export class Orderer {
  readonly #options: OrdererOptions;
  readonly #cutter: BlockCutter<OrderedEnvelope>;
  #stopTimer: (() => void) | undefined;
  #automatic = true;
  #pending = 0;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: OrdererOptions) {
    this.#options = options;
    this.#cutter = new BlockCutter(options.batchSize);
  }

  /** Envelopes that are in line and not yet in a durable block. */
  get pendingCount(): number {
    return this.#pending;
  }

  /** Checks an envelope and puts it in line. */
  broadcast(envelope: common.Envelope): BroadcastResult {
    const refusal = this.#refusal(envelope);
    if (refusal !== undefined) return refusal;
    const isStopping = this.#closed || this.#failure !== undefined;
    if (isStopping || this.#pending >= this.#options.pendingMax) {
      const info = isStopping ? 'orderer is stopping' : 'too many transactions are waiting';
      return { status: SERVICE_UNAVAILABLE, info };
    }
    const messageBytes = envelope.getPayload_asU8().length + envelope.getSignature_asU8().length;
    this.#pending += 1;
    const batches = this.#cutter.add({
      bytes: envelope.serializeBinary(),
      messageBytes,
      envelope,
    });
    for (const batch of batches) this.#enqueue(batch);
    this.#armTimer();
    return { status: SUCCESS, info: '' };
  }

  /**
   * Cuts a block now from what waits; resolves when all that was in line is durable. Rejects with
   * the error of a commit that has failed.
   */
  async cut(): Promise<void> {
    await this.#drain();
    this.#checkNotFailed();
  }

  /** With automatic cutting off only a full batch or {@link cut} makes a block. */
  setAutomaticCutting(automatic: boolean): void {
    this.#automatic = automatic;
    if (automatic) this.#armTimer();
    else this.#clearTimer();
  }

  get isCuttingAutomatically(): boolean {
    return this.#automatic;
  }

  /**
   * Commits what is in line, then runs the work while no block is being made. Envelopes that come
   * meanwhile wait. Rejects as {@link cut}, and as the work does.
   */
  async whileIdle(work: () => Promise<void>): Promise<void> {
    await this.cut();
    const idle = this.#tail.then(() => {
      this.#checkNotFailed();
      return work();
    });
    this.#tail = idle.catch(() => undefined);
    await idle;
  }

  /** Refuses new envelopes, commits those in line, and stops. A commit's failure is told before. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#drain();
  }

  async #drain(): Promise<void> {
    this.#clearTimer();
    const batch = this.#cutter.cut();
    if (batch.length > 0) this.#enqueue(batch);
    await this.#tail;
  }

  #checkNotFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #refusal(envelope: common.Envelope): BroadcastResult | undefined {
    try {
      return this.#refusalOfReadable(envelope);
    } catch (error) {
      if (!(error instanceof UnreadableEnvelope)) throw error;
      return { status: BAD_REQUEST, info: error.message };
    }
  }

  #refusalOfReadable(envelope: common.Envelope): BroadcastResult | undefined {
    const { channel, now, batchSize } = this.#options;
    const headers = readBroadcastHeaders(envelope);
    const { channelHeader } = headers;
    if (channelHeader.getChannelId() !== channel.channelId) {
      const info =
        'channel creation request not allowed because the orderer system channel is not defined';
      return { status: BAD_REQUEST, info };
    }
    const unsupported = unsupportedType(channelHeader.getType(), channel.channelId);
    if (unsupported !== undefined) return { status: BAD_REQUEST, info: unsupported };
    const creator = readCreator(headers);
    const expiresAt = channel.creatorExpiresAt(creator);
    if (expiresAt !== undefined && now() >= expiresAt) {
      return { status: BAD_REQUEST, info: 'broadcast client identity expired' };
    }
    const bytes = envelope.getPayload_asU8().length + envelope.getSignature_asU8().length;
    if (bytes > batchSize.absoluteMaxBytes) {
      const info =
        `message payload is ${bytes} bytes and exceeds maximum allowed ` +
        `${batchSize.absoluteMaxBytes} bytes`;
      return { status: BAD_REQUEST, info };
    }
    try {
      channel.authorizeBroadcast(envelope, creator);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: FORBIDDEN, info: `${reason}: permission denied` };
    }
    return undefined;
  }

  #enqueue(batch: readonly OrderedEnvelope[]): void {
    this.#tail = this.#tail.then(() => this.#commit(batch));
  }

  async #commit(batch: readonly OrderedEnvelope[]): Promise<void> {
    // A later batch may rest on one that was lost: nothing goes into the chain after a failure.
    if (this.#failure !== undefined) return;
    try {
      await this.#options.commit(batch);
      this.#pending -= batch.length;
    } catch (error) {
      this.#failure = { error };
      this.#options.onFailure(error);
    }
  }

  #armTimer(): void {
    if (!this.#automatic || this.#stopTimer !== undefined) return;
    if (this.#cutter.pendingCount === 0) return;
    let stopped = false;
    const cancel = this.#options.startTimer(this.#options.batchTimeoutMs, () => {
      // While a block is being written the next one may as well grow: one sync serves more.
      void this.#tail.then(() => {
        if (stopped) return;
        this.#stopTimer = undefined;
        const batch = this.#cutter.cut();
        if (batch.length > 0) this.#enqueue(batch);
      });
    });
    this.#stopTimer = () => {
      stopped = true;
      cancel();
    };
  }

  #clearTimer(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}

function unsupportedType(type: number, channelId: string): string | undefined {
  const { CONFIG, CONFIG_UPDATE, ORDERER_TRANSACTION } = common.HeaderType;
  if (type === CONFIG || type === ORDERER_TRANSACTION) {
    return 'message is of type that cannot be processed directly';
  }
  if (type !== CONFIG_UPDATE) return undefined;
  return (
    `error applying config update to existing channel '${channelId}': ` +
    'the devnet does not change a configuration; make a ledger with the one that you want'
  );
}
