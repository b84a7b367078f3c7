import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as requestTo,
  type ServerResponse,
} from 'node:http';

/**
 * What happens to a request on its way: the server never sees it (`unavailable` answers 503,
 * `conflict` what S3 answers amid another conditional put, `swallowed` nothing), it sees half of it (`cut-request`), it answers and the answer is
 * lost (`cut-answer`, `held-answer`), or half of the answer comes (`cut-body`, `stalled-body`).
 */
export type Fault =
  | 'unavailable'
  | 'conflict'
  | 'swallowed'
  | 'cut-request'
  | 'cut-answer'
  | 'held-answer'
  | 'cut-body'
  | 'stalled-body';

/** A request on its way; its path is the bucket, then the key. */
export type PassingRequest = { readonly method: string; readonly path: string };

/** An HTTP proxy on the loopback interface that spoils requests. */
export class FaultProxy {
  readonly #target: URL;
  readonly #faults: { readonly method: string; readonly fault: Fault }[] = [];
  #rule: ((request: PassingRequest) => Fault | undefined) | undefined;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });
  /** Requests that came, of any fate. */
  requests = 0;
  /** The requests that met a fault, and which. */
  readonly met: (PassingRequest & { readonly fault: Fault })[] = [];

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has stopped');
    return `http://127.0.0.1:${address.port}`;
  }

  /** The next requests of this method meet these faults, one each. */
  spoil(method: string, ...faults: readonly Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ method, fault })));
  }

  /** From now on each request meets the fault that the rule has for it, if any. */
  spoilBy(rule: (request: PassingRequest) => Fault | undefined): void {
    this.#rule = rule;
  }

  /** Forgets the rule, and the faults that no request has met; answers how many of these there were. */
  calm(): number {
    this.#rule = undefined;
    return this.#faults.splice(0).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const { pathname } = new URL(request.url ?? '/', this.#target);
    const passing = { method: request.method ?? '', path: decodeURIComponent(pathname) };
    const fault = this.#take(passing.method) ?? this.#rule?.(passing);
    if (fault !== undefined) this.met.push({ ...passing, fault });
    const body = await bodyOf(request);
    if (fault === 'swallowed') return;
    if (fault === 'unavailable' || fault === 'conflict') {
      const [status, code] =
        fault === 'conflict' ? [409, 'ConditionalRequestConflict'] : [503, 'SlowDown'];
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${code}</Code><Message>later</Message></Error>`);
      return;
    }
    const sent = requestTo(this.#target, {
      method: request.method,
      path: request.url,
      headers: request.headers,
    });
    sent.on('error', () => response.destroy());
    if (fault === 'cut-request') {
      sent.write(body.subarray(0, Math.floor(body.length / 2)), () => {
        sent.destroy();
        response.destroy();
      });
      return;
    }
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    await passOn(answer, response, fault);
  }

  #take(method: string): Fault | undefined {
    const index = this.#faults.findIndex((fault) => fault.method === method);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function passOn(
  answer: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const content = await bodyOf(answer);
  if (fault === 'held-answer') return;
  if (fault === 'cut-answer') {
    response.destroy();
    return;
  }
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  if (fault === undefined) {
    response.end(content);
    return;
  }
  response.write(content.subarray(0, Math.floor(content.length / 2)), () => {
    if (fault === 'cut-body') response.destroy();
  });
}
