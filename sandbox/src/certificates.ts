import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { NetworkProfile } from '@passport/ledger-client';

/** Whose certificate it is, who made it, and until when it is good. */
export type CertificateSummary = {
  readonly mspId: string;
  readonly subject: string;
  readonly issuer: string;
  /** YYYY-MM-DD, UTC. */
  readonly validTo: string;
};

/** The signing certificates of each organisation: its authority, its peer, its users. */
export async function readCertificates(profile: NetworkProfile): Promise<CertificateSummary[]> {
  const summaries: CertificateSummary[] = [];
  for (const { mspId, domain, users, peers } of profile.organisations) {
    const folder = join(profile.cryptoMaterial, 'peerOrganizations', domain);
    const folders = [
      join(folder, 'ca'),
      ...peers.map(({ name }) => join(folder, 'peers', name, 'msp', 'signcerts')),
      ...users.map((user) => join(folder, 'users', user, 'msp', 'signcerts')),
    ];
    for (const one of folders) summaries.push(await readSummary(mspId, one));
  }
  return summaries;
}

async function readSummary(mspId: string, folder: string): Promise<CertificateSummary> {
  const file = (await readdir(folder)).find((name) => name.endsWith('-cert.pem'));
  if (file === undefined) throw new Error(`${folder} holds no certificate`);
  const certificate = new X509Certificate(await readFile(join(folder, file)));
  return {
    mspId,
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    validTo: new Date(certificate.validTo).toISOString().slice(0, 10),
  };
}

/** The common name of a distinguished name as Node writes it: one `KEY=value` a line. */
function commonName(name: string): string {
  const line = name.split('\n').find((part) => part.startsWith('CN='));
  return line?.slice('CN='.length) ?? name;
}
