import { chainOf, type LedgerIdentity, signCertificate } from '@passport/ledger-client';
import {
  carDigest,
  type CertificateRequest,
  type CertificateStatus,
  type CertifiedParts,
  certifiedPartsOf,
  chosenParts,
  digestOfJson,
  findingsOf,
  madeUpOf,
  PassportError,
  type VehicleAnswer,
  type Vid,
} from '@passport/model';

import { consentOfLines } from '../access/consent-of-lines.ts';
import type { CertificateJournal, KnownCertificate } from './certificate-journal.ts';

/** Certificates of one car that are in force, at most. */
const CERTIFICATES_MAX = 20;

const DAY_S = 24 * 60 * 60;

/** What making certificates takes. */
export type CertificateDesk = {
  /** Who signs them: a user of the member that this server is of. */
  readonly identity: LedgerIdentity;
  readonly journal: CertificateJournal;
  readonly now: () => Date;
  /** 128 random bits, in base64url. */
  readonly newName: () => string;
};

/** A certificate, for its owner. */
export type NewCertificate = {
  readonly id: string;
  readonly certificate: string;
  readonly expiresAt: string;
};

/** Opens the desk: who signs is on the disk before anything is signed. Throws PassportError `NOT_READY`. */
export async function openCertificateDesk(desk: CertificateDesk): Promise<CertificateDesk> {
  await desk.journal.sign(chainOf(desk.identity));
  return desk;
}

/**
 * Makes a certificate of a car, for its owner: who calls has made sure of that. It says what was chosen and nothing else,
 * and is on the disk before it leaves. Throws PassportError `CERTIFICATES_TOO_MANY`, `NOT_READY`.
 */
export async function makeCertificate(
  { identity, journal, now, newName }: CertificateDesk,
  book: VehicleAnswer,
  { vid, ownerEpoch }: { readonly vid: Vid; readonly ownerEpoch: number },
  { fields, days, vin }: CertificateRequest,
): Promise<NewCertificate> {
  const time = now();
  const inForce = journal.of(vid, ownerEpoch, time).filter(({ isRevoked }) => !isRevoked);
  if (inForce.length >= CERTIFICATES_MAX) {
    throw new PassportError('CERTIFICATES_TOO_MANY', `it has ${inForce.length}`);
  }
  const id = newName();
  const iat = Math.floor(time.getTime() / 1000);
  const exp = iat + days * DAY_S;
  const { block, ledger } = book;
  const parts = chosenParts(certifiedPartsOf(book), fields);
  const certificate = await signCertificate(identity, {
    ...{ iat, exp, jti: id, ledger, block },
    at: Math.floor(Date.parse(book.ledgerTime) / 1000),
    car: carDigest(id, vid),
    ...(vin === undefined ? {} : { vin }),
    madeUp: madeUpOf(book),
    ...parts,
  });
  await journal.make({
    ...{ id, vid, ownerEpoch, fields, iat, exp, block },
    hasVin: vin !== undefined,
    findings: digestOfJson(findingsOf(parts)),
  });
  return { id, certificate, expiresAt: new Date(exp * 1000).toISOString() };
}

/** What a certificate would say now. */
export type CertificatePreview = Pick<VehicleAnswer, 'ledger' | 'block' | 'ledgerTime'> &
  Partial<CertifiedParts> & { readonly madeUp: number };

/** What a certificate of a car would say, for its owner, before it is made: it is signed by nobody, and kept nowhere. */
export function previewCertificate(
  book: VehicleAnswer,
  { fields }: Pick<CertificateRequest, 'fields'>,
): CertificatePreview {
  const { ledger, block, ledgerTime } = book;
  const parts = chosenParts(certifiedPartsOf(book), fields);
  return { ledger, block, ledgerTime, madeUp: madeUpOf(book), ...parts };
}

/** A certificate that is in force. Throws PassportError `CERTIFICATE_UNKNOWN`. */
export function knownCertificate({ journal, now }: CertificateDesk, id: string): KnownCertificate {
  const known = journal.find(id, now());
  if (known !== undefined) return known;
  throw new PassportError('CERTIFICATE_UNKNOWN', 'there is none, or it has expired');
}

/** The state of a certificate, by the car's log book as it is now. It tells nothing else of the car. */
export function statusOf(
  { id, ownerEpoch, isRevoked, fields, findings }: KnownCertificate,
  book: VehicleAnswer,
): CertificateStatus {
  const { ledger, block, ledgerTime } = book;
  const told = { id, ledger, block, ledgerTime };
  if (isRevoked) return { ...told, status: 'revoked' };
  const consent = consentOfLines(book.events);
  if (consent.ownerEpoch !== ownerEpoch || consent.owner === null) {
    return { ...told, status: 'ended' };
  }
  const parts = chosenParts(certifiedPartsOf(book), fields);
  const isSame = digestOfJson(findingsOf(parts)) === findings;
  return { ...told, status: isSame ? 'current' : 'changed' };
}
