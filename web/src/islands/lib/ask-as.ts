import { PROOF_HEADER, type PersonKey, signRequest } from '@passport/ledger-client/wallet';

/** Where and as whom the serving API is asked. */
export type AskingAs = {
  /** What the serving API is called by those who ask it: proofs are for that URL. */
  readonly api: string;
  /** Where it is asked: the pages' own origin. */
  readonly via: string;
  readonly signer: PersonKey;
  readonly now: () => Date;
};

/** The serving API refused something; the message is its own, for people. */
class AskRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'AskRefused';
    this.code = code;
  }
}

/** Whether the serving API refused something for that reason. */
export function isRefused(error: unknown, code: string): boolean {
  return error instanceof AskRefused && error.code === code;
}

/** How long one request may take. */
const REQUEST_MS = 30_000;

/**
 * Asks the serving API for something that only an owner may, with a proof by their key which is over the body, too.
 * Answers the JSON. Throws {@link AskRefused}, and what `fetch` throws where nobody answers.
 */
export async function askAs(
  { api, via, signer, now }: AskingAs,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  const url = `${api.replace(/\/+$/, '')}${path}`;
  const asked = { method, url, ...(bytes === undefined ? {} : { body: bytes }) };
  const headers = new Headers({ [PROOF_HEADER]: await signRequest(signer, asked, now) });
  if (bytes !== undefined) headers.set('Content-Type', 'application/json');
  const response = await fetch(`${via}${path}`, {
    ...{ method, headers, redirect: 'error', signal: AbortSignal.timeout(REQUEST_MS) },
    ...(bytes === undefined ? {} : { body: bytes }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { code, title, detail } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const told = [title, detail].filter((each) => typeof each === 'string').join(' ');
  throw new AskRefused(
    typeof code === 'string' ? code : 'UNREADABLE',
    told === '' ? `${response.status}` : told,
  );
}
