import { type MemberRoots, pinIssuer } from '@passport/ledger-client';
import type { CertificateIssuer } from '@passport/model';
import { z } from 'zod';

/** After so long the serving API is asked again: who is new is seen then. */
const AGE_MS_MAX = 60_000;
const ASK_MS = 5_000;

const answer = z.object({ issuers: z.array(z.object({ x5c: z.array(z.string()) })) });

/** What finding the issuers takes. */
export type IssuersOptions = {
  /** The serving API, which says who signs. */
  readonly apiBase: string;
  /** Roots of the members, as the network's profile has them: what leads to none is not believed. */
  readonly roots: MemberRoots;
  readonly now: () => Date;
  /** Hears why they could not be had, and of chains that lead to no member. */
  readonly onTrouble: (error: unknown) => void;
};

/**
 * Answers whose certificates are believed: those who sign at the serving API, and are shown to be of a member. While it
 * is away those that were found last; none where it never answered.
 */
export function certificateIssuers(
  options: IssuersOptions,
): () => Promise<readonly CertificateIssuer[]> {
  const { apiBase, roots, now, onTrouble } = options;
  let known: readonly CertificateIssuer[] = [];
  let asked = Number.NEGATIVE_INFINITY;
  const pin = async (x5c: readonly string[]): Promise<CertificateIssuer[]> => {
    try {
      return [await pinIssuer(x5c, roots, now())];
    } catch (error) {
      onTrouble(error);
      return [];
    }
  };
  return async () => {
    if (now().getTime() - asked < AGE_MS_MAX) return known;
    try {
      const response = await fetch(new URL('/v1/certificates/issuers', apiBase), {
        signal: AbortSignal.timeout(ASK_MS),
      });
      if (!response.ok) throw new Error(`the serving API answered ${response.status}`);
      const { issuers } = answer.parse(await response.json());
      known = (await Promise.all(issuers.map(({ x5c }) => pin(x5c)))).flat();
      asked = now().getTime();
    } catch (error) {
      onTrouble(error);
    }
    return known;
  };
}
