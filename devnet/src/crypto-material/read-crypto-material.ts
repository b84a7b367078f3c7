import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CertifiedKey } from './certificate-authority.ts';
import {
  type IdentityPaths,
  nodePaths,
  organisationPaths,
  type OrganisationPaths,
  PRIVATE_KEY_FILE,
  userPaths,
} from './crypto-layout.ts';
import { CryptoMaterialError, type OrganisationKind } from './crypto-specification.ts';

/** What is public of an organisation; certificates in PEM. */
export type OrganisationMaterial = {
  readonly domain: string;
  readonly paths: OrganisationPaths;
  readonly caCertificate: string;
  readonly tlsCaCertificate: string;
};

/** A node or user with its keys, all in PEM. */
export type IdentityMaterial = {
  readonly paths: IdentityPaths;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCertificate: string;
  readonly tlsPrivateKey: string;
  readonly tlsCaCertificate: string;
};

/** Reads an organisation. Throws {@link CryptoMaterialError}, as all readers here. */
export async function readOrganisation(
  folder: string,
  kind: OrganisationKind,
  domain: string,
): Promise<OrganisationMaterial> {
  const paths = organisationPaths(folder, kind, domain);
  return {
    domain,
    paths,
    caCertificate: await readText(paths.caCertificate),
    tlsCaCertificate: await readText(paths.tlsCaCertificate),
  };
}

/** Reads a node (`peer0`) of an organisation. */
export async function readNode(
  folder: string,
  kind: OrganisationKind,
  domain: string,
  node: string,
): Promise<IdentityMaterial> {
  return readIdentity(nodePaths(organisationPaths(folder, kind, domain), node, domain));
}

/** Reads a user (`User1`, `Admin`) of an organisation. */
export async function readUser(
  folder: string,
  kind: OrganisationKind,
  domain: string,
  user: string,
): Promise<IdentityMaterial> {
  return readIdentity(userPaths(organisationPaths(folder, kind, domain), user, domain));
}

/** Reads an authority's certificate, and its key in the folder given. */
export async function readCertifiedKey(
  folder: string,
  certificatePath: string,
): Promise<CertifiedKey> {
  return {
    certificate: await readText(certificatePath),
    privateKey: await readText(join(folder, PRIVATE_KEY_FILE)),
  };
}

async function readIdentity(paths: IdentityPaths): Promise<IdentityMaterial> {
  return {
    paths,
    certificate: await readText(paths.certificate),
    privateKey: await readText(paths.privateKey),
    tlsCertificate: await readText(paths.tlsCertificate),
    tlsPrivateKey: await readText(paths.tlsPrivateKey),
    tlsCaCertificate: await readText(paths.tlsCaCertificate),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CryptoMaterialError('missing-file', `${path} cannot be read`, { cause: error });
  }
}
