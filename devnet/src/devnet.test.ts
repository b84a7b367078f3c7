import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ServiceError, status } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError, type DevnetConfigInput, parseConfig } from './config.ts';
import { type Devnet, startDevnet } from './devnet.ts';
import { DirectoryInUse } from './directory-lock.ts';
import type { NetworkProfile } from './network-profile.ts';
import { TestClient } from './testing/test-client.ts';

const ORGANISATIONS = [
  { mspId: 'Org1MSP', domain: 'org1.example' },
  { mspId: 'Org2MSP', domain: 'org2.example' },
];

let directory: string;
let fatal: unknown[];
let running: Devnet[];
let clients: TestClient[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'devnet-'));
  fatal = [];
  running = [];
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all(running.map((devnet) => devnet.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(overrides: Partial<DevnetConfigInput> = {}): Promise<Devnet> {
  const config = parseConfig({
    directory,
    organisations: ORGANISATIONS,
    control: {},
    ...overrides,
  });
  const devnet = await startDevnet(config, {
    systemNow: () => new Date(),
    startTimer: (ms, onTime) => {
      const timer = setTimeout(onTime, ms);
      return () => clearTimeout(timer);
    },
    log: () => undefined,
    onFatal: (error) => fatal.push(error),
  });
  running.push(devnet);
  return devnet;
}

async function connect(devnet: Devnet): Promise<TestClient> {
  const [organisation] = devnet.profile.organisations;
  const root = await readFile(organisation?.peers[0]?.tlsRootCertificate ?? '');
  const client = await TestClient.connect(devnet, root);
  clients.push(client);
  return client;
}

/** The arguments that commit the definition of a chaincode. */
function definition(name: string, policy = new Uint8Array(0)): (string | Uint8Array)[] {
  const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  args.setName(name);
  args.setVersion('1.0');
  args.setSequence(1);
  args.setValidationParameter(policy);
  return ['CommitChaincodeDefinition', args.serializeBinary()];
}

async function define(client: TestClient, name: string): Promise<string> {
  return client.submit('_lifecycle', definition(name));
}

/** Files of the devnet's folder that this process holds open, where the system tells. */
async function openFiles(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const links = (await readdir('/proc/self/fd')).map(async (fd) =>
    readlink(`/proc/self/fd/${fd}`).catch(() => ''),
  );
  return (await Promise.all(links)).filter((path) => path.startsWith(directory));
}

/** Takes a port for as long as the server is open. */
async function takePort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, server };
}

describe('starting and stopping', () => {
  test('a new folder: certificates, a chain of one block per definition, and the profile', async () => {
    const devnet = await start();
    const written = await readFile(join(directory, 'network.json'), 'utf8');
    expect(JSON.parse(written)).toEqual(devnet.profile);
    const profile: NetworkProfile = devnet.profile;
    expect(profile.channel).toBe('passport');
    expect(profile.organisations.map(({ mspId }) => mspId)).toEqual(['Org1MSP', 'Org2MSP']);
    expect(await devnet.controls.status()).toMatchObject({ height: 1, pending: 0 });
    const controls = await fetch(`${profile.control}/status`);
    expect(await controls.json()).toMatchObject({ channel: 'passport', height: 1 });
  });

  test('started again on its folder: the chain goes on', async () => {
    const first = await start();
    const client = await connect(first);
    const status = await client.commitStatus(await define(client, 'one'));
    expect(status.getResult()).toBe(peer.TxValidationCode.VALID);
    const { height, headerHash } = await first.controls.status();
    await first.stop();
    running = [];
    const again = await start();
    expect(await again.controls.status()).toMatchObject({ height, headerHash });
    const later = await connect(again);
    const second = await later.commitStatus(await define(later, 'two'));
    expect(second.getBlockNumber()).toBe(height);
  });

  test('other organisations on the same folder: refused, and the right ones still start', async () => {
    const devnet = await start();
    await devnet.stop();
    running = [];
    const others = [...ORGANISATIONS, { mspId: 'Org3MSP', domain: 'org3.example' }];
    const refused = start({ organisations: others });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(
      /organisations Org1MSP, Org2MSP;.*Use another directory/s,
    );
    await expect(start({ batch: { timeoutMs: 77 } })).rejects.toThrow(/genesis block says so/);
    expect(await openFiles()).toEqual([]);
    expect(await (await start()).controls.status()).toMatchObject({ height: 1 });
  });

  test('a second devnet on the same folder: refused while the first runs on', async () => {
    const devnet = await start();
    await expect(start()).rejects.toThrow(DirectoryInUse);
    expect(await devnet.controls.status()).toMatchObject({ height: 1 });
  });

  test('a taken port: a clear error, and nothing stays open', async () => {
    const { port, server } = await takePort();
    const [first, second] = ORGANISATIONS;
    if (first === undefined || second === undefined) throw new Error('two organisations');
    await expect(start({ organisations: [first, { ...second, port }] })).rejects.toThrow(
      `port ${port} `,
    );
    await expect(start({ control: { port } })).rejects.toThrow(`port ${port} `);
    expect(await openFiles()).toEqual([]);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await (await start({ control: { port } })).controls.status()).toMatchObject({
      height: 1,
    });
  });
});

describe('deployment', () => {
  /** Runs the chaincode `cc`, whose server need not be there to define it. */
  async function deploy(
    wanted: NonNullable<DevnetConfigInput['chaincodes']>[string],
  ): Promise<number> {
    const organisations = ORGANISATIONS.map((organisation) => ({
      ...organisation,
      chaincodes: { cc: '127.0.0.1:1' },
    }));
    const devnet = await start({ organisations, chaincodes: { cc: wanted } });
    const { height } = await devnet.controls.status();
    await devnet.stop();
    running = [];
    return height;
  }

  test('a definition is one transaction; the next sequence replaces it, the same does nothing', async () => {
    expect(await deploy({ endorsement: 'ANY' })).toBe(2);
    expect(await deploy({ endorsement: 'ANY' })).toBe(2);
    expect(await deploy({ endorsement: 'ALL', sequence: 2 })).toBe(3);
  });

  test('another definition of the same sequence, or a sequence too far: refused, with the way out', async () => {
    await expect(deploy({ sequence: 3 })).rejects.toThrow(
      /chaincodes\.cc\.sequence is 3, and the next one is 1/,
    );
    await deploy({ endorsement: 'ANY' });
    const other = deploy({ endorsement: 'ALL' });
    await expect(other).rejects.toThrow(ConfigError);
    await expect(other).rejects.toThrow(/chaincodes\.cc.*raise its sequence to 2/);
    await expect(deploy({ endorsement: 'ANY', version: '2.0' })).rejects.toThrow(/sequence to 2/);
  });
});

describe('what a client may send', () => {
  test('nonsense to the system chaincodes: an error for the client, not the end of the devnet', async () => {
    const client = await connect(await start());
    const calls: [string, (string | Uint8Array)[]][] = [
      ['qscc', ['GetBlockByNumber', 'passport', '99999999999999999999']],
      ['qscc', ['GetBlockByNumber', 'passport', '18446744073709551614']],
      ['qscc', ['GetBlockByHash', 'passport', '']],
      ['qscc', ['GetBlockByHash', 'passport', 'x'.repeat(9_000)]],
      ['qscc', ['GetTransactionByID', 'passport', 'x'.repeat(9_000)]],
      ['qscc', []],
      ['cscc', ['GetConfigBlock', 'other']],
      ['_lifecycle', ['CommitChaincodeDefinition', Uint8Array.of(0xff)]],
      ['_lifecycle', ['QueryChaincodeDefinition', Uint8Array.of(0xff)]],
      ['_lifecycle', ['CommitChaincodeDefinition']],
      ['_lifecycle', definition('a\u0000b')],
      ['_lifecycle', definition('qscc')],
      ['_lifecycle', []],
      ['unknown', ['get']],
    ];
    for (const [chaincode, args] of calls) {
      const answer = await client.evaluate(chaincode, args);
      expect(answer, `${chaincode} ${String(args[0])}`).toBeInstanceOf(Error);
      expect((answer as ServiceError).code).not.toBe(status.INTERNAL);
    }
    expect(fatal).toEqual([]);
  });

  test('a definition whose policy is none: its chaincode can be endorsed by nobody', async () => {
    const client = await connect(await start());
    const policy = Uint8Array.of(0xff);
    await client.commitStatus(await client.submit('_lifecycle', definition('broken', policy)));
    await expect(client.submit('broken', ['get'])).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    expect(fatal).toEqual([]);
  });

  test('a stream of blocks cancelled before, between and amid requests: no harm', async () => {
    const client = await connect(await start());
    const idle = client.openDeliver();
    const followed = client.openDeliver();
    const ended = Promise.all([idle, followed].map(errorOf));
    followed.write(client.seekFrom(0));
    await new Promise((resolve) => {
      followed.once('data', resolve);
    });
    idle.cancel();
    followed.cancel();
    expect((await ended).map(({ code }) => code)).toEqual([status.CANCELLED, status.CANCELLED]);
    await define(client, 'after');
    expect(fatal).toEqual([]);
  });

  test('a request for blocks far from the clock: BAD_REQUEST', async () => {
    const client = await connect(await start());
    const stream = client.openDeliver();
    stream.write(client.seekFrom(0, new Date(0)));
    const answer = await new Promise<peer.DeliverResponse>((resolve) => {
      stream.once('data', resolve);
    });
    expect(answer.getStatus()).toBe(common.Status.BAD_REQUEST);
    stream.cancel();
    stream.on('error', () => undefined);
  });
});

describe('controls', () => {
  test('a restored snapshot: streams and waiting calls end with ABORTED, the chain goes on', async () => {
    const devnet = await start();
    const client = await connect(devnet);
    await devnet.controls.saveSnapshot('start');
    await client.commitStatus(await define(client, 'one'));
    const stream = client.openDeliver();
    const ended = errorOf(stream);
    stream.write(client.seekFrom(0));
    await new Promise((resolve) => {
      stream.once('data', resolve);
    });
    const waiting = client.commitStatus('ab'.repeat(32));
    const aborted = expect(waiting).rejects.toMatchObject({ code: status.ABORTED });
    await client.evaluate('qscc', ['GetChainInfo', 'passport']);
    await devnet.controls.restoreSnapshot('start');
    await aborted;
    expect((await ended).code).toBe(status.ABORTED);
    expect(await devnet.controls.status()).toMatchObject({ height: 1, snapshots: ['start'] });
    const answer = await client.commitStatus(await define(client, 'one'));
    expect(answer.getResult()).toBe(peer.TxValidationCode.VALID);
    expect(fatal).toEqual([]);
  });

  test('queries while the ledger is restored again and again: answered or refused, never a bug', async () => {
    const devnet = await start();
    const client = await connect(devnet);
    await devnet.controls.saveSnapshot('start');
    const over = new AbortController();
    const querying = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted)
        await client.evaluate('qscc', ['GetBlockByNumber', 'passport', '0']);
    });
    for (let round = 0; round < 5; round += 1) await devnet.controls.restoreSnapshot('start');
    over.abort();
    await Promise.all(querying);
    expect(fatal).toEqual([]);
  });
});

async function errorOf(stream: ReturnType<TestClient['openDeliver']>): Promise<ServiceError> {
  stream.on('data', () => undefined);
  return new Promise((resolve) => {
    stream.once('error', (error) => resolve(error as ServiceError));
  });
}
