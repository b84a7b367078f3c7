import { join } from 'node:path';

import { CryptoMaterialError, type OrganisationKind } from './crypto-specification.ts';

/** Letters, digits and what else host and user names hold; nothing that leads to another folder. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Where the parts of an organisation lie; the same as with Fabric's cryptogen. */
export type OrganisationPaths = {
  readonly folder: string;
  readonly caFolder: string;
  readonly tlsCaFolder: string;
  readonly caCertificate: string;
  readonly tlsCaCertificate: string;
  /** What others need to know of the organisation: its authorities and roles. */
  readonly mspFolder: string;
  readonly nodesFolder: string;
  readonly usersFolder: string;
};

/** Where the parts of a node or user lie. */
export type IdentityPaths = {
  readonly folder: string;
  readonly mspFolder: string;
  readonly tlsFolder: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly tlsCertificate: string;
  readonly tlsPrivateKey: string;
  readonly tlsCaCertificate: string;
};

/** Name of the private key's file of an authority or identity. */
export const PRIVATE_KEY_FILE = 'priv_sk';

/** Folder of all organisations of a kind. */
function organisationsFolder(folder: string, kind: OrganisationKind): string {
  return join(folder, `${kind}Organizations`);
}

/** Throws {@link CryptoMaterialError} `unusable-name`. */
export function organisationPaths(
  folder: string,
  kind: OrganisationKind,
  domain: string,
): OrganisationPaths {
  return pathsOfOrganisation(
    join(organisationsFolder(folder, kind), requireName(domain)),
    kind,
    domain,
  );
}

/** As {@link organisationPaths}, for an organisation whose own folder is given. */
export function pathsOfOrganisation(
  folder: string,
  kind: OrganisationKind,
  domain: string,
): OrganisationPaths {
  const caFolder = join(folder, 'ca');
  const tlsCaFolder = join(folder, 'tlsca');
  return {
    folder,
    caFolder,
    tlsCaFolder,
    caCertificate: join(caFolder, certificateFile(`ca.${domain}`)),
    tlsCaCertificate: join(tlsCaFolder, certificateFile(`tlsca.${domain}`)),
    mspFolder: join(folder, 'msp'),
    nodesFolder: join(folder, `${kind}s`),
    usersFolder: join(folder, 'users'),
  };
}

/** Paths of a node, named without the domain. Throws {@link CryptoMaterialError}. */
export function nodePaths(
  organisation: OrganisationPaths,
  node: string,
  domain: string,
): IdentityPaths {
  const name = `${requireName(node)}.${domain}`;
  return identityPaths(join(organisation.nodesFolder, name), name, 'server');
}

/** Paths of a user, named without the domain. Throws {@link CryptoMaterialError}. */
export function userPaths(
  organisation: OrganisationPaths,
  user: string,
  domain: string,
): IdentityPaths {
  const name = `${requireName(user)}@${domain}`;
  return identityPaths(join(organisation.usersFolder, name), name, 'client');
}

/** Paths of a node (`server`) or user (`client`) of a full name, in a folder of its own. */
export function identityPaths(
  folder: string,
  name: string,
  tlsFile: 'server' | 'client',
): IdentityPaths {
  const mspFolder = join(folder, 'msp');
  const tlsFolder = join(folder, 'tls');
  return {
    folder,
    mspFolder,
    tlsFolder,
    certificate: join(mspFolder, 'signcerts', certificateFile(name)),
    privateKey: join(mspFolder, 'keystore', PRIVATE_KEY_FILE),
    tlsCertificate: join(tlsFolder, `${tlsFile}.crt`),
    tlsPrivateKey: join(tlsFolder, `${tlsFile}.key`),
    tlsCaCertificate: join(tlsFolder, 'ca.crt'),
  };
}

/** Name of a certificate's file. */
export function certificateFile(name: string): string {
  return `${name}-cert.pem`;
}

function requireName(name: string): string {
  if (NAME.test(name) && !name.includes('..')) return name;
  throw new CryptoMaterialError('unusable-name', `${JSON.stringify(name)} cannot be a name`);
}
