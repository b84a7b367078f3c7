import { PROOF_HEADER, type RequestSigner, signRequest } from '@passport/ledger-client';
import { isErrorCode, parse, PassportError } from '@passport/model';
import type { z } from 'zod';

import { problem } from '../http/problem.ts';

/** How an intake reaches a service of another member. */
export type IntakeHttpOptions = {
  /** Under which the service knows itself. */
  readonly url: string;
  readonly signer: RequestSigner;
  readonly now: () => Date;
};

/** How long an answer may take. */
const ANSWER_MS_MAX = 30_000;

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
    const { signer, now } = this.#options;
    const url = `${this.#options.url.replace(/\/$/, '')}${path}`;
    const body = content === undefined ? undefined : Buffer.from(JSON.stringify(content));
    const proof = await signRequest(
      signer,
      { method, url, ...(body === undefined ? {} : { body }) },
      now,
    );
    const response = await fetch(url, {
      method,
      headers: { [PROOF_HEADER]: proof, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const text = await response.text();
    if (response.ok) return parse(answer, JSON.parse(text));
    throw failureOf(response.status, text);
  }
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
