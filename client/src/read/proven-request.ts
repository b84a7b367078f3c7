import { PROOF_HEADER, type RequestSigner, signRequest } from '@passport/ledger-client';
import { retry, type RetryPolicy, systemRandom } from '@passport/runtime';
import * as z from 'zod';

import { ReadError } from './read-error.ts';

/** How long one request may take. */
const REQUEST_MS = 60_000;

/** How often a request is sent again while the API cannot be reached, or has no answer yet. */
const patience: RetryPolicy = { attemptsMax: 4, firstDelayMs: 200, longestDelayMs: 2_000 };

const problem = z.looseObject({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
});

/** Where and as whom something is asked. */
export type ProvenAsking = {
  /** The serving API, as proofs are for it. */
  readonly api: string;
  /** Where it is asked, if elsewhere: pages ask it under their own origin. */
  readonly via?: string | undefined;
  /** Who asks; without it nothing is proven, which a developer's ledger answers. */
  readonly signer?: RequestSigner | undefined;
  readonly now: () => Date;
};

/**
 * Asks the serving API with a proof of who asks, a new one for each attempt. Throws ReadError
 * `API_UNREACHABLE`, `API_REFUSED`, `ANSWER_MALFORMED`, `USAGE`.
 */
export async function askProven(
  path: string,
  { api, via = api, signer, now }: ProvenAsking,
): Promise<unknown> {
  const url = below(api, path);
  const asked = below(via, path);
  return retry(
    async () => {
      const request = { method: 'GET', url: url.href };
      const headers = new Headers();
      if (signer !== undefined) headers.set(PROOF_HEADER, await signRequest(signer, request, now));
      return askOnce(asked, headers);
    },
    {
      ...patience,
      isRetryable: (error) => error instanceof ReadError && error.retry === 'same-id',
      random: systemRandom,
    },
  );
}

function below(base: string, path: string): URL {
  if (URL.canParse(base)) return new URL(path, base.endsWith('/') ? base : `${base}/`);
  throw new ReadError('USAGE', `--api ${base} is no URL`);
}

async function askOnce(url: URL, headers: Headers): Promise<unknown> {
  const unreachable = (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReadError('API_UNREACHABLE', `${url.origin} does not answer: ${why}`, {
      cause: error,
      retry: 'same-id',
    });
  };
  const signal = AbortSignal.timeout(REQUEST_MS);
  // A redirect would be for another URL than the one that was signed for.
  const asked = fetch(url, { headers, signal, redirect: 'error' });
  const response = await asked.catch(unreachable);
  const body = await response.text().catch(unreachable);
  if (response.status !== 200) throw refusal(url, response.status, body);
  const answer = parsed(body);
  if (answer !== undefined) return answer;
  throw new ReadError('ANSWER_MALFORMED', `${url.pathname} answers what is no JSON`);
}

function refusal(url: URL, status: number, body: string): ReadError {
  const { code, detail, title } = problem.safeParse(parsed(body)).data ?? {};
  const said = `${code ?? `status ${status}`}: ${detail ?? title ?? 'no reason given'}`;
  if (status === 429 || status >= 500) {
    const why = `${url.origin} has no answer: ${said}`;
    return new ReadError('API_UNREACHABLE', why, { retry: 'same-id', apiCode: code });
  }
  return new ReadError('API_REFUSED', `${url.pathname} is refused: ${said}`, { apiCode: code });
}

/** Undefined of what is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
