import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { CryptoSpecification } from './crypto-specification.ts';
import { generateCryptoMaterial } from './generate-crypto-material.ts';
import { readNode, readOrganisation, readUser } from './read-crypto-material.ts';

const NOW = new Date('2026-11-23T12:34:56.789Z');
const DOMAIN = 'org1.example';

const ONE: CryptoSpecification = {
  peerOrganisations: [{ domain: DOMAIN, nodes: ['peer0'], users: [{ name: 'User1' }] }],
  ordererOrganisations: [],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crypto-material-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function generate(specification: CryptoSpecification): Promise<void> {
  await generateCryptoMaterial(folder, specification, () => NOW);
}

describe('the folder of crypto material', () => {
  test('holds the same files as cryptogen’s', async () => {
    await generate({
      ...ONE,
      ordererOrganisations: [{ domain: 'orderer.example', nodes: ['orderer'], users: [] }],
    });
    const peer = join('peerOrganizations', DOMAIN);
    const orderer = join('ordererOrganizations', 'orderer.example');
    expect(await filesOf(folder)).toEqual(
      [
        ...organisationFiles(peer, DOMAIN),
        ...identityFiles(join(peer, 'peers', `peer0.${DOMAIN}`), DOMAIN, 'server'),
        ...identityFiles(join(peer, 'users', `Admin@${DOMAIN}`), DOMAIN, 'client'),
        ...identityFiles(join(peer, 'users', `User1@${DOMAIN}`), DOMAIN, 'client'),
        ...organisationFiles(orderer, 'orderer.example'),
        ...identityFiles(
          join(orderer, 'orderers', 'orderer.orderer.example'),
          'orderer.example',
          'server',
        ),
        ...identityFiles(
          join(orderer, 'users', 'Admin@orderer.example'),
          'orderer.example',
          'client',
        ),
      ].sort(),
    );
  });

  test('says in config.yaml how roles are told apart', async () => {
    await generate(ONE);
    const { paths } = await readOrganisation(folder, 'peer', DOMAIN);
    const text = await readFile(join(paths.mspFolder, 'config.yaml'), 'utf8');
    expect(text).toBe(
      [
        'NodeOUs:',
        '  Enable: true',
        ...['Client', 'Peer', 'Admin', 'Orderer'].flatMap((role) => [
          `  ${role}OUIdentifier:`,
          `    Certificate: cacerts/ca.${DOMAIN}-cert.pem`,
          `    OrganizationalUnitIdentifier: ${role.toLowerCase()}`,
        ]),
        '',
      ].join('\n'),
    );
  });

  test('lets nobody else read the private keys', async () => {
    await generate(ONE);
    const keys = (await filesOf(folder)).filter((name) => /priv_sk$|\.key$/.test(name));
    expect(keys).toHaveLength(8);
    for (const key of keys) {
      expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, key), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    }
  });
});

describe('generating crypto material again', () => {
  test('keeps what is there and adds what is missing', async () => {
    await generate(ONE);
    const before = await contentsOf(folder);
    await generate({
      peerOrganisations: [
        { domain: DOMAIN, nodes: ['peer0', 'peer1'], users: [{ name: 'User2' }] },
        { domain: 'org2.example', nodes: ['peer0'], users: [] },
      ],
      ordererOrganisations: [],
    });
    const after = await contentsOf(folder);
    for (const [name, text] of before) expect(after.get(name)).toBe(text);
    const added = await readUser(folder, 'peer', DOMAIN, 'User2');
    const { caCertificate } = await readOrganisation(folder, 'peer', DOMAIN);
    const ca = new X509Certificate(caCertificate);
    expect(new X509Certificate(added.certificate).checkIssued(ca)).toBe(true);
    expect(new X509Certificate(added.certificate).verify(ca.publicKey)).toBe(true);
    await expect(readNode(folder, 'peer', DOMAIN, 'peer1')).resolves.toBeDefined();
    await expect(readNode(folder, 'peer', 'org2.example', 'peer0')).resolves.toBeDefined();
  });

  test('after it broke off at any point completes it; what is there is always whole', async () => {
    const certificates = 8;
    for (let steps = 0; steps < certificates; steps += 1) {
      await expect(
        generateCryptoMaterial(folder, ONE, () => NOW, breakingAfter(steps)),
      ).rejects.toThrow('broken off');
      expect(await filesOf(folder)).toEqual([]);
    }
    await generate(ONE);
    const more = { ...ONE, peerOrganisations: [{ domain: DOMAIN, nodes: ['peer1'], users: [] }] };
    const before = await filesOf(folder);
    await expect(generateCryptoMaterial(folder, more, () => NOW, breakingAfter(1))).rejects.toThrow(
      'broken off',
    );
    expect(await filesOf(folder)).toEqual(before);
    await generate(more);
    await expect(readNode(folder, 'peer', DOMAIN, 'peer1')).resolves.toBeDefined();
  });

  test.each(['../elsewhere', 'a/b', '', '.', 'a..b', 'a b', 'x'.repeat(80)])(
    'refuses %j as a name',
    async (name) => {
      const named = (domain: string, node: string, user: string): CryptoSpecification => ({
        peerOrganisations: [{ domain, nodes: [node], users: [{ name: user }] }],
        ordererOrganisations: [],
      });
      const refused = { code: 'unusable-name' };
      await expect(generate(named(name, 'peer0', 'User1'))).rejects.toMatchObject(refused);
      await expect(generate(named(DOMAIN, name, 'User1'))).rejects.toMatchObject(refused);
      await expect(generate(named(DOMAIN, 'peer0', name))).rejects.toMatchObject(refused);
      expect(await filesOf(folder)).toEqual([]);
    },
  );
});

describe('reading crypto material', () => {
  test('says which file is missing', async () => {
    await expect(readUser(folder, 'peer', DOMAIN, 'User1')).rejects.toMatchObject({
      code: 'missing-file',
      message: expect.stringContaining(`User1@${DOMAIN}-cert.pem cannot be read`) as string,
    });
  });
});

function breakingAfter(steps: number): (size: number) => Uint8Array {
  let left = steps;
  return (size) => {
    if (left === 0) throw new Error('broken off');
    left -= 1;
    return randomBytes(size);
  };
}

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

async function contentsOf(root: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const name of await filesOf(root)) {
    contents.set(name, await readFile(join(root, name), 'utf8'));
  }
  return contents;
}

function organisationFiles(root: string, domain: string): string[] {
  return [
    join(root, 'ca', `ca.${domain}-cert.pem`),
    join(root, 'ca', 'priv_sk'),
    join(root, 'tlsca', `tlsca.${domain}-cert.pem`),
    join(root, 'tlsca', 'priv_sk'),
    ...mspFiles(root, domain),
  ];
}

function identityFiles(root: string, domain: string, tls: 'server' | 'client'): string[] {
  const name = root.slice(root.lastIndexOf('/') + 1);
  return [
    ...mspFiles(root, domain),
    join(root, 'msp', 'keystore', 'priv_sk'),
    join(root, 'msp', 'signcerts', `${name}-cert.pem`),
    join(root, 'tls', 'ca.crt'),
    join(root, 'tls', `${tls}.crt`),
    join(root, 'tls', `${tls}.key`),
  ];
}

function mspFiles(root: string, domain: string): string[] {
  return [
    join(root, 'msp', 'cacerts', `ca.${domain}-cert.pem`),
    join(root, 'msp', 'config.yaml'),
    join(root, 'msp', 'tlscacerts', `tlsca.${domain}-cert.pem`),
  ];
}
