import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type MspId, parseMspId, PassportError } from '@passport/model';

import { LedgerProfileError, type NetworkProfile } from '../network-profile.ts';

/** The certificates that a member's identities chain to, by MSP id. */
export type MemberRoots = ReadonlyMap<MspId, readonly X509Certificate[]>;

/** Who a certificate speaks for. */
export type CertifiedIdentity = {
  readonly mspId: MspId;
  /** Whether it is an administrator's (Fabric's node OU `admin`). */
  readonly isAdmin: boolean;
};

/** Certificates from the caller's to the one under a root. */
export const CHAIN_LENGTH_MAX = 3;

/**
 * Reads the roots of all members: `peerOrganizations/<domain>/msp/cacerts`, as Fabric's cryptogen
 * lays it out. Throws LedgerProfileError.
 */
export async function readMemberRoots(profile: NetworkProfile): Promise<MemberRoots> {
  const roots = new Map<MspId, readonly X509Certificate[]>();
  for (const { mspId, domain } of profile.organisations) {
    const folder = join(profile.cryptoMaterial, 'peerOrganizations', domain, 'msp', 'cacerts');
    try {
      const files = await readdir(folder);
      const texts = await Promise.all(files.map((file) => readFile(join(folder, file))));
      if (texts.length === 0) throw new Error(`${folder} is empty`);
      roots.set(
        parseMspId(mspId),
        texts.map((text) => new X509Certificate(text)),
      );
    } catch (error) {
      throw new LedgerProfileError(`cannot read the roots of ${mspId}: ${String(error)}`, error);
    }
  }
  return roots;
}

/**
 * Finds the member that a chain of certificates speaks for, the caller's first. Each must be issued by
 * the next and the last by a root of the member, all valid at `now`. A peer or an orderer speaks for
 * nobody. Lists of revoked certificates are not read: a member that is to be shut out is taken off the
 * network's profile. Throws PassportError `CALLER_UNKNOWN`.
 */
export function identityOfChain(
  chain: readonly X509Certificate[],
  roots: MemberRoots,
  now: Date,
): CertifiedIdentity {
  const [own] = chain;
  const last = chain.at(-1);
  if (own === undefined || last === undefined || chain.length > CHAIN_LENGTH_MAX) {
    throw unknown(`a chain has 1 to ${CHAIN_LENGTH_MAX} certificates`);
  }
  if (!chain.every((certificate) => isValidAt(certificate, now))) {
    throw unknown('a certificate is not valid now');
  }
  if (!chain.slice(1).every((issuer, index) => isIssuedBy(chain[index], issuer))) {
    throw unknown('the certificates are no chain');
  }
  if (own.ca || /(?:^|\n)OU=(?:peer|orderer)(?:\n|$)/.test(own.subject)) {
    throw unknown('the certificate is an authority’s or a node’s, and no user’s');
  }
  for (const [mspId, authorities] of roots) {
    if (authorities.some((root) => isValidAt(root, now) && isIssuedBy(last, root))) {
      return { mspId, isAdmin: /(?:^|\n)OU=admin(?:\n|$)/.test(own.subject) };
    }
  }
  throw unknown('the certificate leads to no member');
}

function isIssuedBy(certificate: X509Certificate | undefined, issuer: X509Certificate): boolean {
  return (
    certificate !== undefined &&
    issuer.ca &&
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey)
  );
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now <= validToDate;
}

function unknown(detail: string): PassportError {
  return new PassportError('CALLER_UNKNOWN', detail);
}
