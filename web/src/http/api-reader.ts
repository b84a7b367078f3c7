/** Pages wait so long for what is shown on them; then they say that it is away. */
const ANSWER_MS = 10_000;

/** What the serving API says to this server, for a page: nothing in it is anybody's own. */
export type ApiAnswer<Value> =
  | { readonly is: 'there'; readonly value: Value }
  /** There is no such thing. */
  | { readonly is: 'missing' }
  /** It cannot be reached, has no answer yet, or one that cannot be read. */
  | { readonly is: 'away' };

/** What reads an answer: a schema of zod, or of zod's smaller twin. */
export type AnswerSchema<Value> = {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: unknown };
};

/** Reads what anybody may read, `v1/products`, by a schema. */
export type ApiReader = <Value>(
  path: string,
  schema: AnswerSchema<Value>,
) => Promise<ApiAnswer<Value>>;

/** A reader of the API at `base`. What it cannot read `onBug` hears of; that it is away is no bug of this server. */
export function apiReader(
  base: string,
  onBug: (error: unknown) => void,
  waitMs = ANSWER_MS,
): ApiReader {
  return async (path, schema) => {
    let response: Response;
    try {
      response = await fetch(new URL(path, base), { signal: AbortSignal.timeout(waitMs) });
    } catch {
      // fetch fails where nobody listens, or nobody answers in time.
      return { is: 'away' };
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status === 404) return { is: 'missing' };
    if (!response.ok) return { is: 'away' };
    const read = schema.safeParse(body);
    if (read.success) return { is: 'there', value: read.data };
    onBug(read.error);
    return { is: 'away' };
  };
}
