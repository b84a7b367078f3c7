import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { CertificateAuthority, type IssuingContext } from './certificate-authority.ts';
import {
  identityPaths,
  type IdentityPaths,
  nodePaths,
  organisationPaths,
  type OrganisationPaths,
  pathsOfOrganisation,
  userPaths,
} from './crypto-layout.ts';
import type {
  CryptoSpecification,
  OrganisationKind,
  OrganisationSpecification,
  UserSpecification,
} from './crypto-specification.ts';
import { type Authorities, writeIdentity, writeOrganisation } from './organisation-files.ts';
import { readCertifiedKey } from './read-crypto-material.ts';

/** Names under which a node on this machine is reached, beside its own. */
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '::1'];

/** The user that every organisation has. */
const ADMIN: UserSpecification = { name: 'Admin' };

/** Where things are made before they are moved to their place, whole. */
const UNFINISHED = '.unfinished';

/**
 * Makes the certificates and keys of organisations, laid out as Fabric's cryptogen lays them out.
 * What is there already is kept as it is; what is missing (an organisation, a node, a user) is
 * added. Each organisation, node and user appears in one step and complete, also when the process
 * dies in the middle. Only one process at a time may work on a folder.
 * Throws CryptoMaterialError `unusable-name`.
 */
export async function generateCryptoMaterial(
  folder: string,
  specification: CryptoSpecification,
  now: () => Date,
  random: (size: number) => Uint8Array = randomBytes,
): Promise<void> {
  const maker = new CryptoMaterialMaker(folder, { now, randomBytes: random });
  await maker.clear();
  try {
    for (const organisation of specification.peerOrganisations) {
      await maker.makeOrganisation('peer', organisation);
    }
    for (const organisation of specification.ordererOrganisations) {
      await maker.makeOrganisation('orderer', organisation);
    }
  } finally {
    await maker.clear();
  }
}

class CryptoMaterialMaker {
  readonly #folder: string;
  readonly #context: IssuingContext;
  readonly #unfinished: string;
  #begun = 0;

  constructor(folder: string, context: IssuingContext) {
    this.#folder = folder;
    this.#context = context;
    this.#unfinished = join(folder, UNFINISHED);
  }

  /** Removes what a process that died has left unfinished. */
  async clear(): Promise<void> {
    await rm(this.#unfinished, { recursive: true, force: true });
  }

  async makeOrganisation(
    kind: OrganisationKind,
    specification: OrganisationSpecification,
  ): Promise<void> {
    const { domain } = specification;
    const paths = organisationPaths(this.#folder, kind, domain);
    if (await exists(paths.folder)) {
      await this.#makeIdentities(paths, kind, specification, await this.#read(paths, domain));
      return;
    }
    const authorities = {
      domain,
      identities: await CertificateAuthority.create(`ca.${domain}`, domain, this.#context),
      tls: await CertificateAuthority.create(`tlsca.${domain}`, domain, this.#context),
    };
    await this.#whole(paths.folder, async (folder) => {
      const unfinished = pathsOfOrganisation(folder, kind, domain);
      await writeOrganisation(unfinished, authorities);
      await this.#makeIdentities(unfinished, kind, specification, authorities);
    });
  }

  async #makeIdentities(
    paths: OrganisationPaths,
    kind: OrganisationKind,
    { domain, nodes, users }: OrganisationSpecification,
    authorities: Authorities,
  ): Promise<void> {
    for (const node of nodes) {
      const name = `${node}.${domain}`;
      await this.#makeIdentity(nodePaths(paths, node, domain), authorities, {
        name,
        unit: kind,
        hosts: [name, node, ...LOCAL_HOSTS],
        tlsFile: 'server',
      });
    }
    const admin = users.some(({ name }) => name === ADMIN.name) ? [] : [ADMIN];
    for (const user of [...admin, ...users]) {
      await this.#makeIdentity(userPaths(paths, user.name, domain), authorities, {
        name: `${user.name}@${domain}`,
        unit: user.name === ADMIN.name ? 'admin' : 'client',
        attributes: user.attributes,
        hosts: [],
        tlsFile: 'client',
      });
    }
  }

  async #makeIdentity(
    paths: IdentityPaths,
    authorities: Authorities,
    claims: {
      readonly name: string;
      readonly unit: 'client' | 'peer' | 'admin' | 'orderer';
      readonly attributes?: UserSpecification['attributes'];
      readonly hosts: readonly string[];
      readonly tlsFile: 'server' | 'client';
    },
  ): Promise<void> {
    if (await exists(paths.folder)) return;
    const { name: commonName, unit: organisationalUnit, attributes, hosts } = claims;
    const identity = await authorities.identities.certifyIdentity({
      commonName,
      organisationalUnit,
      attributes,
    });
    const tls = await authorities.tls.certifyTls({ commonName, hosts });
    await this.#whole(paths.folder, async (folder) => {
      const unfinished = identityPaths(folder, commonName, claims.tlsFile);
      await writeIdentity(unfinished, authorities, identity, tls);
    });
  }

  async #read(paths: OrganisationPaths, domain: string): Promise<Authorities> {
    const ca = await readCertifiedKey(paths.caFolder, paths.caCertificate);
    const tlsCa = await readCertifiedKey(paths.tlsCaFolder, paths.tlsCaCertificate);
    return {
      domain,
      identities: CertificateAuthority.read(ca, this.#context),
      tls: CertificateAuthority.read(tlsCa, this.#context),
    };
  }

  /** Has a folder written elsewhere, then moves it to its place. */
  async #whole(folder: string, write: (unfinished: string) => Promise<void>): Promise<void> {
    this.#begun += 1;
    const unfinished = join(this.#unfinished, String(this.#begun));
    await mkdir(unfinished, { recursive: true, mode: 0o755 });
    await write(unfinished);
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    await rename(unfinished, folder);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
