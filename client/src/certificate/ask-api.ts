import { ReadError } from '../read/read-error.ts';

/** How long a request may take. */
const REQUEST_MS = 30_000;

/**
 * Asks the serving API for what everybody may know; undefined where it knows no such thing. Throws ReadError `USAGE`,
 * `API_UNREACHABLE`, `API_REFUSED`, `ANSWER_MALFORMED`.
 */
export async function askApi(api: string, path: string): Promise<unknown> {
  if (!URL.canParse(api)) throw new ReadError('USAGE', `--api ${api} is no URL`);
  const url = new URL(path, api.endsWith('/') ? api : `${api}/`);
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) });
  } catch (error) {
    throw new ReadError('API_UNREACHABLE', `${url.origin} does not answer`, { cause: error });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 404) return undefined;
  if (response.status >= 500) {
    throw new ReadError('API_UNREACHABLE', `${url.origin} answers ${response.status}`);
  }
  if (!response.ok) throw new ReadError('API_REFUSED', `${url.href} answers ${response.status}`);
  if (body === undefined) throw new ReadError('ANSWER_MALFORMED', `${url.href} answers no JSON`);
  return body;
}
