import { webcrypto } from 'node:crypto';

import type { CertificateIssuer } from '@passport/model';
import {
  certificateIn,
  type CertificateStatus,
  certificateStatus,
  compareVin,
  judgeCertificate,
  type Judgement,
  type ReadOffCar,
  type VinComparison,
  webCryptoEs256,
} from '@passport/model/certificate';

import { ReadError } from '../read/read-error.ts';
import { askApi } from './ask-api.ts';

/** What was found of a certificate. */
export type VerifiedCertificate = {
  /** By its text and the keys of issuers alone. */
  readonly judgement: Judgement;
  /** What its issuer says; `forgotten`: it knows no such one; undefined where nobody was asked. */
  readonly state: CertificateStatus | 'forgotten' | undefined;
  /** How the VIN that was read off the car fits; undefined where none was given. */
  readonly vin: VinComparison | undefined;
};

/** By what a certificate is verified. */
export type VerifiedBy = {
  readonly issuers: readonly CertificateIssuer[];
  readonly now: () => Date;
  /** The serving API, where it is asked whether the certificate still holds. */
  readonly api?: string | undefined;
  readonly read?: ReadOffCar | undefined;
};

/**
 * Verifies a certificate: its text alone, or a link that it stands in. Only one that is genuine is asked about, by its name,
 * which tells nothing of the car. Throws ReadError where the API does not answer.
 */
export async function verifyCertificate(
  text: string,
  { issuers, now, api, read }: VerifiedBy,
): Promise<VerifiedCertificate> {
  const verify = webCryptoEs256(webcrypto.subtle);
  const judgement = await judgeCertificate(certificateIn(text), { issuers, verify, now });
  if (judgement.is !== 'genuine') return { judgement, state: undefined, vin: undefined };
  const vin = read && compareVin(judgement, read);
  if (api === undefined) return { judgement, state: undefined, vin };
  const { jti, ledger } = judgement.claims;
  const answer = await askApi(api, `v1/certificates/${jti}`);
  if (answer === undefined) return { judgement, state: 'forgotten', vin };
  const state = certificateStatus.safeParse(answer);
  if (!state.success) throw new ReadError('ANSWER_MALFORMED', `${api} tells no state of it`);
  // Another certificate, or another ledger: it is not the server that was meant.
  const isIts = state.data.id === jti && state.data.ledger === ledger;
  return { judgement, state: isIts ? state.data : 'forgotten', vin };
}

/** Whether a buyer may rely on it, as far as was asked for. */
export function isGood({ judgement, state, vin }: VerifiedCertificate): boolean {
  if (judgement.is !== 'genuine' || (vin !== undefined && vin !== 'same')) return false;
  return state === undefined || (state !== 'forgotten' && state.status === 'current');
}
