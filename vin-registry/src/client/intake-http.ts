import { PROOF_HEADER, type RequestSigner, signRequest } from '@passport/ledger-client';
import { isErrorCode, parse, PassportError } from '@passport/model';
import { retry, systemRandom } from '@passport/runtime';
import type { z } from 'zod';

import { problem } from '../http/problem.ts';

/** How an intake reaches a service of another member. */
export type IntakeHttpOptions = {
  /** Under which the service knows itself. */
  readonly url: string;
  readonly signer: RequestSigner;
  readonly now: () => Date;
  /** Uniform in [0, 1): how long it waits before it tries again. */
  readonly random?: () => number;
};

/** How long an answer may take. */
const ANSWER_MS_MAX = 30_000;

/**
 * A connection that was kept for the next request may be closed just as that is sent, and then nobody knows
 * whether it came. Requests can be repeated: a match answers again as it did before.
 */
const again = { attemptsMax: 4, firstDelayMs: 100, longestDelayMs: 1_000 };

/** Sends signed requests to one service. */
export class IntakeHttp {
  readonly #options: IntakeHttpOptions;

  constructor(options: IntakeHttpOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads its answer. Throws PassportError with the code that the service refused
   * with; an Error when it cannot be reached, or answers what is no answer.
   */
  async send<Schema extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    answer: Schema,
    content?: unknown,
  ): Promise<z.output<Schema>> {
    const url = `${this.#options.url.replace(/\/$/, '')}${path}`;
    const body = content === undefined ? undefined : Buffer.from(JSON.stringify(content));
    const { random = systemRandom } = this.#options;
    const { ok, status, text } = await retry(() => this.#sendOnce(method, url, body), {
      ...again,
      random,
      isRetryable: isConnectionLost,
    });
    if (ok) return parse(answer, JSON.parse(text));
    throw failureOf(status, text);
  }

  /** Each time with a proof of its own, for one is good once. */
  async #sendOnce(
    method: string,
    url: string,
    body: Buffer | undefined,
  ): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
    const { signer, now } = this.#options;
    const content = body === undefined ? {} : { body };
    const proof = await signRequest(signer, { method, url, ...content }, now);
    const response = await fetch(url, {
      method,
      headers: { [PROOF_HEADER]: proof, 'Content-Type': 'application/json' },
      ...content,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { ok: response.ok, status: response.status, text: await response.text() };
  }
}

/** What `fetch` throws when there is no answer (WHATWG Fetch: a network error is a TypeError). */
function isConnectionLost(error: unknown): boolean {
  return error instanceof TypeError;
}

function failureOf(status: number, text: string): Error {
  if (text.startsWith('{')) {
    const told = problem.safeParse(JSON.parse(text));
    if (told.success && isErrorCode(told.data.code)) {
      return new PassportError(told.data.code, told.data.detail);
    }
  }
  return new Error(`the service answered with status ${status}`);
}
