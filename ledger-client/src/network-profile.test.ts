import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readNetworkProfile } from './network-profile.ts';

const peer = {
  name: 'peer0.maker.example',
  address: 'localhost:7051',
  tlsRootCertificate: 'ca.pem',
};
const maker = { mspId: 'MakerMSP', domain: 'maker.example', peers: [peer], users: ['User1'] };
const profile = {
  channel: 'passport',
  cryptoMaterial: 'crypto',
  organisations: [maker],
  orderers: [],
  chaincodes: [{ name: 'passport', address: '127.0.0.1:9999' }],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-profile-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function written(text: string): Promise<string> {
  const path = join(folder, 'network.json');
  await writeFile(path, text);
  return path;
}

describe('readNetworkProfile', () => {
  test('reads what a network writes, and leaves out what it does not know', async () => {
    const path = await written(JSON.stringify({ ...profile, batchTimeoutMs: 200 }));

    expect(await readNetworkProfile(path)).toEqual(profile);
  });

  test('names file and place of what is wrong', async () => {
    const broken = { ...profile, organisations: [{ ...maker, peers: [] }] };
    const path = await written(JSON.stringify(broken));

    const reading = readNetworkProfile(path);

    await expect(reading).rejects.toThrow(
      /network\.json is no profile: [^]*organisations\[0\]\.peers/,
    );
    await expect(reading).rejects.toMatchObject({ code: 'LEDGER_PROFILE', retry: 'never' });
  });

  test.each([
    ['is not there', async () => join(folder, 'nothing.json'), 'ENOENT'],
    ['is no JSON', () => written('{'), 'as JSON'],
  ])('says that a file %s', async (_, path, message) => {
    await expect(readNetworkProfile(await path())).rejects.toThrow(message);
  });
});
