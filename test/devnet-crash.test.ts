import {
  consortium,
  type DevnetProcess,
  type DevnetSettings,
  freeAddress,
  Member,
  type ProbeServer,
  startDevnetProcess,
  startProbeServer,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROUNDS = 20;
const WORKERS = 12;
const START_MS = 60_000;
const TEST_MS = 300_000;
const LIVE_MS_MAX = 700;
const LIVE_MS_MIN = 60;

/** A transaction that was reported committed: its key, value and block. */
type Reported = { readonly key: string; readonly value: string; readonly block: number };

let folder: TemporaryFolder;
let probe: ProbeServer;
let settings: DevnetSettings;
let devnet: DevnetProcess;

beforeAll(async () => {
  folder = await temporaryFolder('crash');
  probe = await startProbeServer({ address: await freeAddress(), packageId: 'probe' });
  settings = {
    directory: folder.path,
    organisations: consortium.map((organisation) => ({
      ...organisation,
      chaincodes: { probe: probe.address },
    })),
    batch: { timeoutMs: 5 },
    logLevel: 'warn',
  };
  devnet = await startDevnetProcess(settings);
}, START_MS);

afterAll(async () => {
  await devnet.stop(10_000);
  await probe.stop();
  await folder.remove();
}, START_MS);

describe('devnet under kill -9', () => {
  test(
    'nothing that was reported committed is lost, and the chain goes on',
    async () => {
      const reported: Reported[] = [];
      let height = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const before = reported.length;
        await loadUntilKilled(round, reported);
        devnet = await startDevnetProcess(settings);
        const client = new Member(devnet.profile, 'MakerMSP');
        height = await checkChain(client, height);
        await checkValues(client, reported.slice(before), height);
        client.close();
      }
      expect(reported.length).toBeGreaterThan(ROUNDS);
      const client = new Member(devnet.profile, 'MakerMSP');
      await checkValues(client, reported, height);
      client.close();
    },
    TEST_MS,
  );
});

/** Submits from several workers, kills the devnet at a moment of its own, and gathers reports. */
async function loadUntilKilled(round: number, reported: Reported[]): Promise<void> {
  const client = new Member(devnet.profile, 'MakerMSP');
  const life = new AbortController();
  const worker = async (name: number): Promise<void> => {
    for (let count = 0; !life.signal.aborted; count += 1) {
      const key = `round-${round}-worker-${name}-${count}`;
      try {
        const { code, block } = await client.submit(['put', key, `value of ${key}`]);
        expect(code).toBe('VALID');
        reported.push({ key, value: `value of ${key}`, block });
      } catch (error) {
        // Calls under way when the process dies fail; before that none may.
        if (!life.signal.aborted) throw error;
      }
    }
  };
  const workers = Array.from({ length: WORKERS }, (_, name) => worker(name));
  await pause(LIVE_MS_MIN + Math.random() * (LIVE_MS_MAX - LIVE_MS_MIN));
  life.abort();
  devnet.kill('SIGKILL');
  await devnet.exited;
  await Promise.all(workers);
  client.close();
}

/** The chain is no shorter than before, and each block names the one before it. */
async function checkChain(client: Member, atLeast: number): Promise<number> {
  const info = common.BlockchainInfo.deserializeBinary(
    await client.contract('qscc').evaluateTransaction('GetChainInfo', client.channel),
  );
  const height = info.getHeight();
  expect(height).toBeGreaterThanOrEqual(atLeast);
  const newest = await blockAt(client, height - 1);
  expect(newest.getHeader()?.getPreviousHash_asB64()).toBe(info.getPreviousblockhash_asB64());
  expect((await client.submit(['put', `after-${height}`, 'goes on'])).code).toBe('VALID');
  return height + 1;
}

/** Each value is in the state, and its block is on the chain. */
async function checkValues(
  client: Member,
  reported: readonly Reported[],
  height: number,
): Promise<void> {
  for (const { key, value, block } of reported) {
    expect(await client.evaluate(['get', key])).toEqual([value]);
    expect(block).toBeLessThan(height);
  }
}

async function blockAt(client: Member, number: number): Promise<common.Block> {
  const bytes = await client
    .contract('qscc')
    .evaluateTransaction('GetBlockByNumber', client.channel, String(number));
  return common.Block.deserializeBinary(bytes);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
