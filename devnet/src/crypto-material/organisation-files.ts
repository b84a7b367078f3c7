import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { CertificateAuthority, CertifiedKey } from './certificate-authority.ts';
import {
  certificateFile,
  type IdentityPaths,
  type OrganisationPaths,
  PRIVATE_KEY_FILE,
} from './crypto-layout.ts';

/** The two authorities of an organisation, for identities and for TLS. */
export type Authorities = {
  readonly domain: string;
  readonly identities: CertificateAuthority;
  readonly tls: CertificateAuthority;
};

/** The folder of the roles in config.yaml, in the order in which cryptogen writes them. */
const ROLES = [
  ['Client', 'client'],
  ['Peer', 'peer'],
  ['Admin', 'admin'],
  ['Orderer', 'orderer'],
] as const;

/** Writes the authorities and what others need to know of an organisation. */
export async function writeOrganisation(
  paths: OrganisationPaths,
  authorities: Authorities,
): Promise<void> {
  const { identities, tls } = authorities;
  await writeCertifiedKey(
    identities.certifiedKey,
    paths.caCertificate,
    join(paths.caFolder, PRIVATE_KEY_FILE),
  );
  await writeCertifiedKey(
    tls.certifiedKey,
    paths.tlsCaCertificate,
    join(paths.tlsCaFolder, PRIVATE_KEY_FILE),
  );
  await writeMsp(paths.mspFolder, authorities);
  await makeFolder(paths.nodesFolder);
  await makeFolder(paths.usersFolder);
}

/** Writes the folder of a node or user. */
export async function writeIdentity(
  paths: IdentityPaths,
  authorities: Authorities,
  identity: CertifiedKey,
  tls: CertifiedKey,
): Promise<void> {
  await writeMsp(paths.mspFolder, authorities);
  await writeCertifiedKey(identity, paths.certificate, paths.privateKey);
  await writeCertifiedKey(tls, paths.tlsCertificate, paths.tlsPrivateKey);
  await writeText(paths.tlsCaCertificate, authorities.tls.certifiedKey.certificate);
}

async function writeMsp(folder: string, { domain, identities, tls }: Authorities): Promise<void> {
  const ca = join('cacerts', certificateFile(`ca.${domain}`));
  await makeFolder(join(folder, 'admincerts'));
  await writeText(join(folder, ca), identities.certifiedKey.certificate);
  await writeText(
    join(folder, 'tlscacerts', certificateFile(`tlsca.${domain}`)),
    tls.certifiedKey.certificate,
  );
  await writeText(join(folder, 'config.yaml'), mspConfiguration(ca));
}

/** The roles and who certifies them (Fabric, msp/configbuilder.go, Configuration). */
function mspConfiguration(ca: string): string {
  const roles = ROLES.map(([name, unit]) =>
    [
      `  ${name}OUIdentifier:`,
      `    Certificate: ${ca}`,
      `    OrganizationalUnitIdentifier: ${unit}`,
    ].join('\n'),
  );
  return `${['NodeOUs:', '  Enable: true', ...roles].join('\n')}\n`;
}

async function writeCertifiedKey(
  key: CertifiedKey,
  certificatePath: string,
  keyPath: string,
): Promise<void> {
  await writeText(certificatePath, key.certificate);
  await writeText(keyPath, key.privateKey, 0o600);
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
}

async function writeText(path: string, text: string, mode = 0o644): Promise<void> {
  await makeFolder(dirname(path));
  await writeFile(path, text, { mode, flush: true });
}
