import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ConfigError, parseConfig, readConfigFile } from './config.ts';

const org1 = { mspId: 'Org1MSP', domain: 'org1.example' };
const least = { directory: 'data', organisations: [org1] };

describe('parseConfig', () => {
  test('the least that can be said gets defaults, and an absolute directory', () => {
    const config = parseConfig(least);
    expect(isAbsolute(config.directory)).toBe(true);
    expect(config).toMatchObject({
      channel: 'passport',
      organisations: [{ ...org1, port: 0, chaincodes: {} }],
      ordererOrganisation: { mspId: 'OrdererMSP', domain: 'orderer.example' },
      batch: { timeoutMs: 5, maxMessageCount: 500 },
      chaincodeReconnectMs: { first: 50, longest: 1_000 },
    });
    expect(config.control).toBeUndefined();
    expect(parseConfig({ ...least, control: {} }).control).toEqual({ port: 0 });
  });

  test.each<[string, object, RegExp]>([
    ['no organisation', { ...least, organisations: [] }, /organisations/],
    ['an unknown setting', { ...least, chanel: 'x' }, /chanel/],
    ['a port out of range', { ...least, control: { port: 70_000 } }, /control\.port/],
    ['a limit of zero', { ...least, pendingEnvelopesMax: 0 }, /pendingEnvelopesMax/],
    ['a channel in capitals', { ...least, channel: 'Passport' }, /channel/],
    [
      'a chaincode server without a port',
      { ...least, organisations: [{ ...org1, chaincodes: { cc: 'localhost' } }] },
      /host:port of a chaincode server[^]*organisations\[0\]\.chaincodes\.cc/,
    ],
    ['an organisation twice', { ...least, organisations: [org1, org1] }, /Org1MSP.*twice/],
    [
      'a domain twice',
      { ...least, organisations: [org1, { ...org1, mspId: 'Org2MSP' }] },
      /org1\.example.*twice/,
    ],
    [
      'an orderer that is also a peer organisation',
      { ...least, ordererOrganisation: { mspId: 'Org1MSP', domain: 'orderer.example' } },
      /Org1MSP.*twice/,
    ],
    [
      'a definition of a chaincode that nobody runs',
      { ...least, chaincodes: { cc: { endorsement: 'ALL' } } },
      /cc.*no organisation runs/,
    ],
  ])('%s: refused by name', (_name, input, message) => {
    expect(() => parseConfig(input)).toThrow(ConfigError);
    expect(() => parseConfig(input)).toThrow(message);
  });
});

describe('readConfigFile', () => {
  test('a file that is not there, or no JSON, is refused by its path', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'config-'));
    const path = join(directory, 'devnet.json');
    await expect(readConfigFile(path)).rejects.toThrow(
      `cannot read ${path} as JSON: Error: ENOENT`,
    );
    await writeFile(path, '{');
    await expect(readConfigFile(path)).rejects.toThrow(ConfigError);
    await writeFile(path, JSON.stringify(least));
    expect((await readConfigFile(path)).channel).toBe('passport');
    await rm(directory, { recursive: true });
  });
});
