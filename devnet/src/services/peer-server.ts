import {
  Server,
  ServerCredentials,
  type ServerOptions,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';
import type { StartTimer } from '@passport/runtime';

import { PortUnavailable } from './port-unavailable.ts';

/** What a peer's server needs. */
export type PeerServerOptions = {
  /** Address that it listens on. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly tlsCertificate: string;
  readonly tlsPrivateKey: string;
  readonly messageBytesMax: number;
  readonly gateway: UntypedServiceImplementation;
  readonly deliver: UntypedServiceImplementation;
};

/** The gRPC server of one organisation's peer, over TLS. */
export class PeerServer {
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Resolves when the server listens. Throws {@link PortUnavailable}. */
  static async listen(options: PeerServerOptions): Promise<PeerServer> {
    const limits: ServerOptions = {
      'grpc.max_receive_message_length': options.messageBytesMax,
      'grpc.max_send_message_length': options.messageBytesMax,
    };
    const server = new Server(limits);
    server.addService(gateway.GatewayService, options.gateway);
    server.addService(peer.DeliverService, options.deliver);
    const credentials = ServerCredentials.createSsl(null, [
      {
        cert_chain: Buffer.from(options.tlsCertificate),
        private_key: Buffer.from(options.tlsPrivateKey),
      },
    ]);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${options.host}:${options.port}`, credentials, (error, bound) => {
        if (error) reject(new PortUnavailable(options.port, "a peer's gateway", error));
        else resolve(bound);
      });
    });
    return new PeerServer(server, port);
  }

  /** Takes no more calls, lets those that are open go on for a while, and closes. */
  async close(startTimer: StartTimer, drainMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = startTimer(drainMs, resolve);
      this.#server.tryShutdown(() => {
        cancel();
        resolve();
      });
    });
    this.#server.forceShutdown();
  }
}
