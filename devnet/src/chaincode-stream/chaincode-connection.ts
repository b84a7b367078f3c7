import {
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  type ChannelCredentials,
} from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import type { StartTimer } from '@passport/runtime';

import type { Chaincode, ChaincodeCall, InvokeChaincode } from './chaincode-call.ts';
import { ChaincodeError } from './chaincode-error.ts';
import { ChaincodeStream, ProtocolError } from './chaincode-stream.ts';
import { RequestError } from './state-requests.ts';

/** TLS towards a chaincode server. All are PEM. */
export type ChaincodeTls = {
  readonly rootCertificates: Buffer;
  /** For a server that asks its clients for a certificate. */
  readonly client?: { readonly key: Buffer; readonly certificate: Buffer };
  /** The name in the server's certificate, where it is not that of the address. */
  readonly serverName?: string;
};

export type ChaincodeConnectionOptions = {
  /** host:port of the chaincode server. */
  readonly address: string;
  /** The name the server must register with: the chaincode's package id. */
  readonly packageId: string;
  /** Without it the connection is plain. */
  readonly tls?: ChaincodeTls;
  readonly startTimer: StartTimer;
  /** How long a call waits for a connection; also how long a server may take to register. */
  readonly connectTimeoutMs: number;
  /** Pause before connecting again: the first, doubled with each failure up to the longest. */
  readonly reconnectMs: { readonly first: number; readonly longest: number };
  /** Results of one query at most. */
  readonly totalQueryLimit: number;
  /** Called whenever the connection is lost or does not come about. */
  readonly onFailure?: (reason: Error) => void;
};

/** As a peer's: 100 MiB (Fabric, internal/pkg/comm/config.go). */
const MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

type MessageStream = ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

/** A call that waits for a connection. */
type Waiter = { readonly proceed: () => void; readonly fail: (error: ChaincodeError) => void };

/**
 * The connection to one chaincode server. It is kept up: when the server goes away, it is tried
 * again, with growing pauses, until the server is back or the connection is closed. Calls that
 * were under way then fail; later ones wait for the connection.
 */
export class ChaincodeConnection implements Chaincode {
  readonly #options: ChaincodeConnectionOptions;
  readonly #waiters = new Set<Waiter>();
  #client: peer.ChaincodeClient | undefined;
  #stream: ChaincodeStream | undefined;
  #isReady = false;
  #isClosed = false;
  #pauseMs: number;
  #cancelTimer = (): void => {};
  #endStream = (_reason: Error): void => {};

  constructor(options: ChaincodeConnectionOptions) {
    this.#options = options;
    this.#pauseMs = options.reconnectMs.first;
  }

  /** True while the chaincode can be called. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Calls that the chaincode has not answered yet. */
  get activeCalls(): number {
    return this.#stream?.activeCalls ?? 0;
  }

  /** Starts to connect, and from then on keeps the connection up. */
  open(): void {
    if (this.#isClosed || this.#client !== undefined) return;
    this.#connect();
  }

  /** Resolves when the chaincode can be called; rejects with ChaincodeError `not-connected`. */
  ready(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    if (this.#isClosed) return Promise.reject(this.#notConnected());
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.#waiters.delete(waiter);
        cancel();
      };
      const waiter: Waiter = {
        proceed: () => {
          over();
          resolve();
        },
        fail: (error) => {
          over();
          reject(error);
        },
      };
      const { startTimer, connectTimeoutMs } = this.#options;
      const cancel = startTimer(connectTimeoutMs, () => waiter.fail(this.#notConnected()));
      this.#waiters.add(waiter);
    });
  }

  /** Has the chaincode run a call. Rejects with {@link ChaincodeError}. */
  run(call: ChaincodeCall, invoke: InvokeChaincode): Promise<peer.ChaincodeMessage> {
    if (this.#isReady && this.#stream !== undefined)
      return this.#runNow(this.#stream, call, invoke);
    return this.ready().then(() => this.run(call, invoke));
  }

  /** Ends the connection for good. Calls under way, and those that wait, fail. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#endStream(new Error('the connection was closed'));
    for (const waiter of this.#waiters) waiter.fail(this.#notConnected());
  }

  #runNow(
    stream: ChaincodeStream,
    call: ChaincodeCall,
    invoke: InvokeChaincode,
  ): Promise<peer.ChaincodeMessage> {
    return stream.run(call, invoke).catch((error: unknown) => {
      throw error instanceof ChaincodeError ? error.within('error sending') : error;
    });
  }

  #connect(): void {
    const { address, packageId, startTimer, connectTimeoutMs, totalQueryLimit } = this.#options;
    const client = new peer.ChaincodeClient(address, this.#credentials(), this.#clientOptions());
    const messages: MessageStream = client.connect();
    const stream = new ChaincodeStream({
      packageId,
      totalQueryLimit,
      startTimer,
      send: (message) => messages.write(message),
      onReady: () => this.#onReady(),
    });
    this.#client = client;
    this.#stream = stream;

    let hasEnded = false;
    const end = (reason: Error): void => {
      if (hasEnded) return;
      hasEnded = true;
      messages.cancel();
      client.close();
      this.#onEnd(stream, reason);
    };
    this.#endStream = end;
    this.#cancelTimer = startTimer(connectTimeoutMs, () =>
      end(new ProtocolError('the chaincode did not register in time')),
    );
    messages.on('error', end);
    messages.on('end', () => end(new Error('the chaincode ended the stream')));
    messages.on('data', (message: peer.ChaincodeMessage) => {
      try {
        stream.receive(message);
      } catch (error) {
        if (!(error instanceof ProtocolError || error instanceof RequestError)) throw error;
        end(error);
      }
    });
  }

  #onReady(): void {
    this.#cancelTimer();
    this.#isReady = true;
    this.#pauseMs = this.#options.reconnectMs.first;
    for (const waiter of this.#waiters) waiter.proceed();
  }

  #onEnd(stream: ChaincodeStream, reason: Error): void {
    this.#cancelTimer();
    this.#isReady = false;
    this.#stream = undefined;
    stream.end();
    if (this.#isClosed) return;
    this.#options.onFailure?.(reason);
    const { startTimer, reconnectMs } = this.#options;
    this.#cancelTimer = startTimer(this.#pauseMs, () => this.#connect());
    this.#pauseMs = Math.min(this.#pauseMs * 2, reconnectMs.longest);
  }

  /** The text that a peer has when it cannot reach a chaincode server until its dial timeout. */
  #notConnected(): ChaincodeError {
    const { packageId, address } = this.#options;
    return new ChaincodeError(
      'not-connected',
      `could not launch chaincode ${packageId}: connection to ${packageId} failed: ` +
        `error cannot create connection for ${packageId}: error creating grpc connection to ` +
        `${address}: failed to create new connection: context deadline exceeded`,
    );
  }

  #credentials(): ChannelCredentials {
    const { tls } = this.#options;
    if (tls === undefined) return credentials.createInsecure();
    const { rootCertificates, client } = tls;
    return credentials.createSsl(rootCertificates, client?.key, client?.certificate);
  }

  #clientOptions(): ClientOptions {
    const serverName = this.#options.tls?.serverName;
    return {
      'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
      'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
      'grpc.keepalive_time_ms': 60_000,
      'grpc.keepalive_timeout_ms': 20_000,
      // Each attempt has a connection of its own: this class decides when to try again.
      'grpc.use_local_subchannel_pool': 1,
      ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
    };
  }
}
