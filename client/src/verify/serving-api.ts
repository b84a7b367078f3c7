import { retry, type RetryPolicy, systemRandom } from '@passport/runtime';
import { z } from 'zod';

import { pathOf, type Question } from './question.ts';
import { VerifyError } from './verify-error.ts';

/** How long one request may take. */
const REQUEST_MS = 60_000;

/** How often a request is sent again while the API cannot be reached, or has no answer yet. */
const patience: RetryPolicy = { attemptsMax: 4, firstDelayMs: 200, longestDelayMs: 2_000 };

const exactAt = z.looseObject({ block: z.int().min(0) });
const problem = z.looseObject({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
});

/**
 * Asks the serving API; `block` is what its answer says of itself. Throws VerifyError
 * `API_UNREACHABLE`, `PAYMENT_REQUIRED`, `API_REFUSED`, `ANSWER_MALFORMED`.
 */
export async function ask(
  api: string,
  question: Question,
  atBlock?: number,
): Promise<{ readonly block: number; readonly answer: unknown }> {
  const base = api.endsWith('/') ? api : `${api}/`;
  const url = new URL(pathOf(question, atBlock), base);
  return retry(() => askOnce(url), {
    ...patience,
    isRetryable: (error) => error instanceof VerifyError && error.retry === 'same-id',
    random: systemRandom,
  });
}

async function askOnce(url: URL): Promise<{ readonly block: number; readonly answer: unknown }> {
  const unreachable = (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new VerifyError('API_UNREACHABLE', `${url.origin} does not answer: ${why}`, {
      cause: error,
      retry: 'same-id',
    });
  };
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) }).catch(unreachable);
  const body = await response.text().catch(unreachable);
  if (response.status !== 200) throw refusal(url, response.status, body);
  const answer = parsed(body);
  const exact = exactAt.safeParse(answer);
  if (exact.success) return { block: exact.data.block, answer };
  throw new VerifyError('ANSWER_MALFORMED', `${url.href} answers without a block`);
}

function refusal(url: URL, status: number, body: string): VerifyError {
  const { code, detail, title } = problem.safeParse(parsed(body)).data ?? {};
  const said = `${code ?? `status ${status}`}: ${detail ?? title ?? 'no reason given'}`;
  if (status === 402) {
    const help = 'pay for it, or start the serving API with its developer flag for free answers';
    return new VerifyError('PAYMENT_REQUIRED', `the answer is sold (${said}); ${help}`, { status });
  }
  if (status === 429 || status >= 500) {
    const why = `${url.origin} has no answer: ${said}`;
    return new VerifyError('API_UNREACHABLE', why, { status, retry: 'same-id', apiCode: code });
  }
  const why = `${url.pathname}${url.search} is refused: ${said}`;
  return new VerifyError('API_REFUSED', why, { status, apiCode: code });
}

/** Undefined of what is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
