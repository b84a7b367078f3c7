import {
  erasureHolder,
  erasurePart,
  instant,
  isErrorCode,
  keyId,
  mspId,
  parse,
  PassportError,
  type Vid,
} from '@passport/model';
import { z } from 'zod';

/** How long an answer may take. */
const ANSWER_MS_MAX = 30_000;

const erasureState = z.object({
  ownerEpoch: z.int().min(1),
  saidIn: z.object({ block: z.int(), tx: z.int(), at: instant }),
  isPending: z.boolean(),
  holders: z.array(erasureHolder).nullable(),
  readerKeys: z.array(keyId),
  certificates: z.array(z.object({ part: erasurePart, mspId, jws: z.string() })),
});

/** How far an erasure is, as the serving API says: nothing of it is verified. */
export type ErasureState = z.output<typeof erasureState>;

const answer = z.object({ erasures: z.array(erasureState) });
const problem = z.object({ code: z.string(), detail: z.string().default('') });

/** Where the certificates of all who held parts of what was erased come together. */
export type ErasureOffice = {
  /** A car's erasures, by owner epoch. Throws PassportError. */
  erasures(vid: Vid): Promise<readonly ErasureState[]>;
  /** Leaves a certificate there. Again is allowed. Throws PassportError. */
  certify(vid: Vid, ownerEpoch: number, jws: string): Promise<void>;
};

/**
 * The office of the serving API at a URL. It throws PassportError with the code of a refusal, and `NOT_READY` where
 * the API cannot be reached or answers with what is no answer.
 */
export function erasureOffice(api: string): ErasureOffice {
  const urlOf = (path: string): URL =>
    new URL(`v1/erasures/${path}`, api.endsWith('/') ? api : `${api}/`);
  return {
    erasures: async (vid) => (await ask(urlOf(vid), {})).erasures,
    certify: async (vid, ownerEpoch, jws) => {
      const headers = { 'Content-Type': 'application/jose' };
      await ask(urlOf(`${vid}/${ownerEpoch}/certificates`), { method: 'POST', headers, body: jws });
    },
  };
}

async function ask(url: URL, init: RequestInit): Promise<z.output<typeof answer>> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(url, { ...init, signal });
    ({ status } = response);
    body = await response.json();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PassportError('NOT_READY', `${url.origin} has no answer: ${why}`);
  }
  if (status === 200) return parse(answer, body, 'NOT_READY');
  const { code, detail } = problem.safeParse(body).data ?? { code: '', detail: '' };
  throw new PassportError(isErrorCode(code) ? code : 'NOT_READY', `${url.pathname}: ${detail}`);
}
