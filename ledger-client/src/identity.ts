import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { LedgerProfileError, type NetworkProfile, organisationOf } from './network-profile.ts';

/** Who signs: a certificate of an organisation, and its key. */
export type LedgerIdentity = {
  readonly mspId: string;
  /** In PEM. */
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
};

/**
 * Reads a user's certificate and key from the folders that Fabric's cryptogen makes:
 * `peerOrganizations/<domain>/users/<user>/msp/{signcerts,keystore}`. `user` may leave out the
 * domain: `User1` is `User1@maker.example`. Throws LedgerProfileError.
 */
export async function readIdentity(
  profile: NetworkProfile,
  mspId: string,
  user: string,
): Promise<LedgerIdentity> {
  const { domain } = organisationOf(profile, mspId);
  const name = user.includes('@') ? user : `${user}@${domain}`;
  const users = join(profile.cryptoMaterial, 'peerOrganizations', domain, 'users');
  const msp = join(users, name, 'msp');
  try {
    return {
      mspId,
      certificate: await readOnlyFile(join(msp, 'signcerts')),
      privateKey: createPrivateKey(await readOnlyFile(join(msp, 'keystore'))),
    };
  } catch (error) {
    throw new LedgerProfileError(`cannot read ${name} of ${mspId}: ${String(error)}`, error);
  }
}

/** Tools name the key's file differently, but there is one. */
async function readOnlyFile(folder: string): Promise<Buffer> {
  const [file, ...others] = await readdir(folder);
  if (file === undefined || others.length > 0) {
    throw new Error(`${folder} holds ${others.length === 0 ? 'no file' : 'more than one file'}`);
  }
  return readFile(join(folder, file));
}
