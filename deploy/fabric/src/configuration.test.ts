import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { fillConfigtx, fillPlaceholders } from './configtx.ts';
import { configurationFolder } from './context.ts';
import { layoutOf } from './layout.ts';
import {
  administratorEnvironment,
  cleanEnvironment,
  loggingEnvironment,
  ordererEnvironment,
  peerEnvironment,
} from './node-environment.ts';
import { networkProfile } from './profile.ts';
import { assignPorts, ordererOrganisation, peerOrganisations, portCount } from './topology.ts';

const settings = {
  ports: assignPorts(Array.from({ length: portCount }, (_, index) => 7050 + index)),
  batchTimeoutMs: 150,
  executeTimeoutMs: 3000,
};
const layout = layoutOf('/network');

describe('configtx.yaml', () => {
  const filled = fillConfigtx(configuration('configtx.yaml'), settings);

  test('has no placeholder left', () => {
    expect(filled).not.toContain('$');
  });

  test('states the ports and the batch timeout', () => {
    expect(filled).toContain("OrdererEndpoints: ['localhost:7050']");
    expect(filled.match(/^ +Port: \d+$/gm)).toHaveLength(peerOrganisations.length + 1);
    expect(filled).toContain('BatchTimeout: 150ms');
  });

  test.each([...peerOrganisations, ordererOrganisation])('knows $mspId', ({ mspId, domain }) => {
    expect(filled).toContain(`ID: ${mspId}`);
    expect(filled).toMatch(new RegExp(`MSPDir: crypto/\\w+/${domain}/msp`));
  });

  test('a placeholder without a value is an error', () => {
    expect(() => fillPlaceholders('a: ${B}', {})).toThrow(/B has no value/);
  });
});

describe('the variables of a node', () => {
  test('every ORDERER_* variable has its key in orderer.yaml, or the orderer would ignore it', () => {
    const keys = keysOf(configuration('orderer.yaml'));
    const variables = Object.keys(ordererEnvironment(layout, settings, configurationFolder));
    const wanted = variables.filter((name) => name.startsWith('ORDERER_'));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((name) => !keys.has(name.slice('ORDERER_'.length)))).toEqual([]);
  });

  test('every address is on the loopback', () => {
    const all = [
      ordererEnvironment(layout, settings, configurationFolder),
      ...peerOrganisations.flatMap((organisation) => [
        peerEnvironment(organisation, layout, settings, configurationFolder),
        administratorEnvironment(organisation, layout, settings, configurationFolder),
      ]),
    ].flatMap((environment) => Object.values(environment));
    const addresses = all.filter((value) => /^[\w.]+:\d+$/.test(value));
    expect(addresses).toHaveLength(1 + peerOrganisations.length * 7);
    expect(addresses.filter((value) => !/^(127\.0\.0\.1|localhost):/.test(value))).toEqual([]);
    const files = configuration('core.yaml') + configuration('orderer.yaml');
    expect(files).not.toContain('0.0.0.0:');
  });

  test('no two nodes share a port', () => {
    const { orderer, ordererAdmin, peers, peerChaincode } = settings.ports;
    const ports = [orderer, ordererAdmin, ...Object.values(peers), ...Object.values(peerChaincode)];
    expect(new Set(ports).size).toBe(portCount);
  });

  test('CORE_* and FABRIC_* variables of the shell do not reach a process', () => {
    const own = { PATH: '/bin', CORE_PEER_ID: 'x', FABRIC_CFG_PATH: 'y', ORDERER_X: 'z' };
    expect(cleanEnvironment(own)).toEqual({ PATH: '/bin' });
  });

  test('the log level of the shell reaches Fabric', () => {
    expect(loggingEnvironment({ FABRIC_LOGGING_SPEC: 'debug' })).toMatchObject({
      FABRIC_LOGGING_SPEC: 'debug',
    });
  });
});

describe('networkProfile', () => {
  test('names channel, peers, users and orderer with absolute paths', () => {
    const profile = networkProfile(layout, settings, '2.5.16', []);
    expect(profile).toMatchObject({ channel: 'passport', cryptoMaterial: '/network/crypto' });
    expect(profile.organisations.map(({ mspId }) => mspId)).toEqual([
      'MakerMSP',
      'InsurerMSP',
      'GarageMSP',
    ]);
    const folder = '/network/crypto/peerOrganizations/maker.example/peers/peer0.maker.example';
    expect(profile.organisations[0]).toEqual({
      mspId: 'MakerMSP',
      domain: 'maker.example',
      peers: [
        {
          name: 'peer0.maker.example',
          address: 'localhost:7052',
          tlsRootCertificate: `${folder}/tls/ca.crt`,
        },
      ],
      users: ['Admin@maker.example', 'User1@maker.example'],
    });
    expect(profile.orderers[0]).toMatchObject({ mspId: 'OrdererMSP', address: 'localhost:7050' });
  });
});

function configuration(name: string): string {
  return readFileSync(join(configurationFolder, name), 'utf8');
}

/** The keys of a YAML file of nested maps, as Fabric writes them in variables: GENERAL_TLS_ENABLED. */
function keysOf(text: string): Set<string> {
  const keys = new Set<string>();
  const path: string[] = [];
  for (const line of text.split('\n')) {
    const [, indent = '', key] = /^( *)(\w+):/.exec(line) ?? [];
    if (key !== undefined) {
      path.splice(indent.length / 2, Infinity, key.toUpperCase());
      keys.add(path.join('_'));
    }
  }
  return keys;
}
