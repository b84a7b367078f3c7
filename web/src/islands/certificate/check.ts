import {
  type CertificateIssuer,
  type CertificateStatus,
  certificateStatus,
  judgeCertificate,
  type Judgement,
  webCryptoEs256,
} from '@passport/model/certificate';

/** How long the issuer may take to say whether a certificate was revoked. */
const ASK_MS = 6_000;

/** What a page shows of a certificate. */
export type Shown =
  | Exclude<Judgement['is'], 'genuine'>
  | CertificateStatus['status']
  | NotAsked
  | NotJudged;

/** It is genuine, and why nothing is known beyond that. */
type NotAsked = 'offline' | 'unasked' | 'forgotten';

/** Why nothing is known at all. */
type NotJudged = 'missing' | 'no-issuers' | 'no-crypto';

/** What was found of a certificate, and what its issuer says of it. */
export type Check = {
  readonly shown: Shown;
  readonly judgement: Judgement | undefined;
  /** Undefined where nobody was asked, or nobody answered. */
  readonly status: CertificateStatus | undefined;
};

/**
 * Checks a certificate: on this device first; then, where it is genuine, it asks whether it still holds. What it
 * asks with is the certificate's name, which says nothing. It never rejects for what is wrong with a certificate.
 */
export async function check(
  text: string,
  issuers: readonly CertificateIssuer[],
  now: () => Date,
): Promise<Check> {
  const nothing = { judgement: undefined, status: undefined };
  if (text === '') return { ...nothing, shown: 'missing' };
  // Browsers have it on https and on the own machine only, whatever the types say.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return { ...nothing, shown: 'no-crypto' };
  if (issuers.length === 0) return { ...nothing, shown: 'no-issuers' };
  const judgement = await judgeCertificate(text, { issuers, verify: webCryptoEs256(subtle), now });
  if (judgement.is !== 'genuine') return { shown: judgement.is, judgement, status: undefined };
  const { jti, ledger } = judgement.claims;
  const answer = await askStatus(jti);
  if (typeof answer === 'string') return { shown: answer, judgement, status: undefined };
  // Another ledger, or another certificate: the server is not the one that was meant.
  if (answer.id !== jti || answer.ledger !== ledger) {
    return { shown: 'forgotten', judgement, status: undefined };
  }
  return { shown: answer.status, judgement, status: answer };
}

async function askStatus(name: string): Promise<CertificateStatus | NotAsked> {
  let response: Response;
  try {
    response = await fetch(`/v1/certificates/${name}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ASK_MS),
    });
  } catch {
    // No network, or no answer in time: which of the two the browser knows best.
    return navigator.onLine ? 'unasked' : 'offline';
  }
  if (response.status === 404) return 'forgotten';
  if (!response.ok) return 'unasked';
  const status = certificateStatus.safeParse(await response.json().catch(() => undefined));
  return status.success ? status.data : 'unasked';
}
