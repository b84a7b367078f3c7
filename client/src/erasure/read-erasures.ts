import { type MemberRoots, verifyErasure } from '@passport/ledger-client';
import {
  type ErasureClaims,
  type ErasureHolder,
  erasureHolder,
  missingHolders,
  PassportError,
  type Vid,
} from '@passport/model';
import { z } from 'zod';

import { ReadError } from '../read/read-error.ts';

/** How long the request may take. */
const REQUEST_MS = 60_000;

const answer = z.object({
  erasures: z.array(
    z.object({
      ownerEpoch: z.int(),
      isPending: z.boolean(),
      holders: z.array(erasureHolder).nullable(),
      certificates: z.array(z.object({ jws: z.string() })),
    }),
  ),
});

/** An erasure whose certificates were verified: what members say that they destroyed. */
export type VerifiedErasure = {
  readonly ownerEpoch: number;
  /** Whether something is still to be destroyed at the market's operator, as the API says. */
  readonly isPending: boolean;
  /** Who holds parts, as the API says; null where it has not looked yet. */
  readonly holders: readonly ErasureHolder[] | null;
  /** Of them, those who have not certified theirs. */
  readonly missing: readonly ErasureHolder[];
  readonly certificates: readonly ErasureClaims[];
};

/**
 * Asks what was erased of a car, and verifies every certificate. Throws ReadError, and PassportError
 * `ERASURE_UNPROVEN`, `CALLER_UNKNOWN` where one is not what a member signed of this car and time.
 */
export async function readErasures(
  api: string,
  vid: Vid,
  roots: MemberRoots,
): Promise<VerifiedErasure[]> {
  if (!URL.canParse(api)) throw new ReadError('USAGE', `--api ${api} is no URL`);
  const url = new URL(`v1/erasures/${vid}`, api.endsWith('/') ? api : `${api}/`);
  const verified: VerifiedErasure[] = [];
  for (const { ownerEpoch, isPending, holders, certificates } of await ask(url)) {
    const claims: ErasureClaims[] = [];
    for (const { jws } of certificates) {
      const claim = await verifyErasure(jws, roots);
      if (claim.sub !== vid || claim.ownerEpoch !== ownerEpoch) {
        throw new PassportError('ERASURE_UNPROVEN', 'a certificate is of another erasure');
      }
      claims.push(claim);
    }
    if (!isPending && !claims.some(({ part }) => part === 'market')) {
      throw new PassportError('ERASURE_UNPROVEN', 'nobody signed for what is said to be over');
    }
    const signed = claims.map(({ part, iss }) => ({ part, mspId: iss }));
    const missing = missingHolders(holders ?? [], signed);
    verified.push({ ownerEpoch, isPending, holders, missing, certificates: claims });
  }
  return verified;
}

async function ask(url: URL): Promise<z.output<typeof answer>['erasures']> {
  const unreachable = (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReadError('API_UNREACHABLE', `${url.origin} does not answer: ${why}`, {
      cause: error,
      retry: 'same-id',
    });
  };
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) }).catch(unreachable);
  const body = await response.text().catch(unreachable);
  if (response.status !== 200) {
    throw new ReadError('API_REFUSED', `${url.pathname} is refused: status ${response.status}`);
  }
  const parsed = answer.safeParse(jsonOf(body));
  if (parsed.success) return parsed.data.erasures;
  throw new ReadError('ANSWER_MALFORMED', `${url.href} does not answer with erasures`);
}

/** Undefined of what is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
