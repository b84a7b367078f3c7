import { PROOF_HEADER, signRequest, type PersonKey } from '@passport/ledger-client/signing';
import { z } from 'zod';

import { BuyerError } from './buyer-error.ts';

/** How long one request may take. */
const REQUEST_MS = 60_000;
/** How often a request is sent that market or bank cannot answer yet, and how long it waits in between. */
const ATTEMPTS_MAX = 4;
const FIRST_PAUSE_MS = 200;

const problem = z.looseObject({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
});

/** What a client of market and bank gets from where it runs: a page, or Node. */
export type Surroundings = {
  readonly fetch: typeof fetch;
  readonly now: () => Date;
  /** Waits for so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
};

/** One request. */
export type HttpAsk = {
  readonly method: 'GET' | 'POST';
  /** Below the base, with the query: `v1/products`. */
  readonly path: string;
  /** JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Who asks, proven by a proof of its own for each attempt. */
  readonly prover?: PersonKey | undefined;
};

/** A server that speaks JSON and problems (RFC 9457). */
export class HttpBase {
  readonly #base: string;
  readonly #surroundings: Surroundings;

  /** Throws BuyerError `USAGE` where that is no address. */
  constructor(base: string, surroundings: Surroundings) {
    if (!URL.canParse(base)) throw new BuyerError('USAGE', `${base} is no URL`);
    this.#base = base.endsWith('/') ? base : `${base}/`;
    this.#surroundings = surroundings;
  }

  /** The address of a path. */
  urlOf(path: string): URL {
    return new URL(path, this.#base);
  }

  /** The answer, read by a schema. Throws BuyerError. */
  async json<Schema extends z.ZodType>(ask: HttpAsk, schema: Schema): Promise<z.output<Schema>> {
    const response = await this.send(ask);
    if (response.status !== 200) throw await refusalOf(response);
    const body: unknown = await response.json().catch(() => undefined);
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    const why = read.error.issues[0];
    const where = why === undefined ? '' : `: /${why.path.join('/')} ${why.message}`;
    throw new BuyerError('ANSWER_MALFORMED', `${ask.path} answers what is not expected${where}`);
  }

  /**
   * Sends a request, again while the server cannot be reached or asks for patience. Safe for what is sent
   * to market and bank: each is the same thing once more under its own name. Throws BuyerError `UNREACHABLE`.
   */
  async send(ask: HttpAsk): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#once(ask).catch((error: unknown) => error);
      if (response instanceof Response) {
        if (!isLater(response.status)) return response;
        if (attempt >= ATTEMPTS_MAX) throw await refusalOf(response);
        await response.body?.cancel();
      } else if (attempt >= ATTEMPTS_MAX) {
        const why = response instanceof Error ? response.message : String(response);
        const where = this.urlOf(ask.path).origin;
        throw new BuyerError('UNREACHABLE', `${where} does not answer: ${why}`, {
          cause: response,
        });
      }
      await this.#surroundings.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  async #once({ method, path, body, headers = {}, prover }: HttpAsk): Promise<Response> {
    const url = this.urlOf(path);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = new Headers(headers);
    if (text !== undefined) sent.set('Content-Type', 'application/json');
    if (prover !== undefined) {
      const proven = { method, url: url.href };
      sent.set(PROOF_HEADER, await signRequest(prover, proven, this.#surroundings.now));
    }
    return this.#surroundings.fetch(url, {
      method,
      headers: sent,
      signal: AbortSignal.timeout(REQUEST_MS),
      // A redirect would be for another URL than the one that was signed for.
      redirect: 'error',
      ...(text === undefined ? {} : { body: text }),
    });
  }
}

/** A refusal as an error, with the code and the words of the other side. */
export async function refusalOf(response: Response): Promise<BuyerError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { code, detail, title } = problem.safeParse(body).data ?? {};
  const said = `${code ?? `status ${response.status}`}: ${detail ?? title ?? 'no reason given'}`;
  const { origin, pathname } = new URL(response.url);
  return isLater(response.status)
    ? new BuyerError('UNREACHABLE', `${origin} has no answer: ${said}`, { apiCode: code })
    : new BuyerError('REFUSED', `${pathname} is refused: ${said}`, { apiCode: code });
}

function isLater(status: number): boolean {
  return status === 429 || status >= 500;
}
