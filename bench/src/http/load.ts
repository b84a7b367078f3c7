import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { quantile } from '../figure.ts';

/** A GET request that loads a server. */
export type LoadRequest = {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a server is loaded with. */
export type LoadOptions = {
  readonly port: number;
  /** Connections, each with one request under way at a time. */
  readonly clients: number;
  /** The request of a client that comes at that place; undefined when it has no more. */
  readonly requestOf: (client: number, place: number) => LoadRequest | undefined;
  /** No request is begun after so long; without it clients end when they have no more. */
  readonly seconds?: number;
};

/** What came of it. */
export type Load = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/**
 * Loads a server of this machine over HTTP/1.1 with connections that are kept. It does what a client has to and no
 * more, as it runs on the same cores as what is measured: autocannon takes 135 us of CPU for a request
 * where this takes 26, and the server 85. Rejects when a request is not answered with 200.
 */
export async function loadServer(options: LoadOptions): Promise<Load> {
  const { clients, seconds = Number.POSITIVE_INFINITY } = options;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  const all = await Promise.all(
    Array.from({ length: clients }, (_, client) => runClient(options, client, endMs)),
  );
  const elapsedMs = performance.now() - startMs;
  const latencies = all.flat();
  return {
    requests: latencies.length,
    perSecond: (latencies.length * 1000) / elapsedMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

/** Sends the requests of one client, each when the one before is answered; how long each took, milliseconds. */
async function runClient(
  { port, requestOf }: LoadOptions,
  client: number,
  endMs: number,
): Promise<number[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  try {
    const latencies: number[] = [];
    for (let place = 0; performance.now() < endMs; place += 1) {
      const request = requestOf(client, place);
      if (request === undefined) break;
      const sentMs = performance.now();
      socket.write(textOf(request, port));
      await answerOn(socket);
      latencies.push(performance.now() - sentMs);
    }
    return latencies;
  } finally {
    socket.destroy();
  }
}

function textOf({ path, headers = {} }: LoadRequest, port: number): string {
  let text = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

const HEAD_END = '\r\n\r\n';

/** Resolves when all of an answer is there. What has no length (RFC 9112, section 6.3) is refused. */
function answerOn(socket: Socket): Promise<void> {
  return new Promise((done, fail) => {
    let bytes: Buffer | undefined;
    const over = (error?: Error): void => {
      socket.off('data', take).off('error', over).off('close', closed);
      if (error === undefined) done();
      else fail(error);
    };
    const closed = (): void => over(new Error('the server has closed the connection'));
    const take = (part: Buffer): void => {
      bytes = bytes === undefined ? part : Buffer.concat([bytes, part]);
      const end = bytes.indexOf(HEAD_END);
      if (end === -1) return;
      const head = bytes.toString('latin1', 0, end);
      const length = /\r\nContent-Length: (\d+)(?:\r\n|$)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
        over(new Error(`an answer that does not do: ${bytes.toString('utf8')}`));
        return;
      }
      const missing = end + HEAD_END.length + Number(length) - bytes.length;
      if (missing < 0) over(new Error('the server has sent more than an answer'));
      else if (missing === 0) over();
    };
    socket.on('data', take).on('error', over).on('close', closed);
  });
}
