import { systemNow } from '@passport/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectLedger } from '../ledger.ts';
import { TestNetwork } from '../testing/test-network.ts';
import { readContract } from './read-contract.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.start();
});

afterAll(async () => {
  await network?.stop();
});

const policy = { reads: { attemptsMax: 3, firstDelayMs: 1, longestDelayMs: 1 } };
const get = { chaincode: 'tiny', transaction: 'get', args: ['nothing'] };

/** What a read came to where the deadlines of so many attempts were over before they began, and how often it waited. */
async function readAfter(late: number, call = get): Promise<readonly [unknown, number]> {
  let asked = 0;
  const now = (): Date => {
    asked += 1;
    return asked <= late ? new Date(0) : systemNow();
  };
  const options = { mspId: 'MakerMSP', user: 'User1', now };
  const ledger = await connectLedger(network.profile, options);
  let waits = 0;
  const random = (): number => {
    waits += 1;
    return 0;
  };
  try {
    const answer = await readContract(ledger, call, policy, { random }).then(
      (bytes) => Buffer.from(bytes).toString(),
      (error: unknown) => error,
    );
    return [answer, waits];
  } finally {
    ledger.close();
  }
}

describe('readContract', () => {
  test('asks again when the ledger took too long', async () => {
    const [inTime] = await readAfter(0);
    expect(inTime).toBeTypeOf('string');
    expect(await readAfter(2)).toEqual([inTime, 2]);
  });

  test('throws the last failure when its attempts are spent', async () => {
    const [error, waits] = await readAfter(3);
    expect(error).toMatchObject({ code: 'LEDGER_TIMEOUT', step: 'evaluate' });
    expect(waits).toBe(2);
  });

  test('does not ask again what the chaincode refuses', async () => {
    const refuse = { ...get, transaction: 'refuse', args: ['VEHICLE_UNKNOWN: none'] };
    const [error, waits] = await readAfter(0, refuse);
    expect(error).toMatchObject({ code: 'CHAINCODE_REFUSED' });
    expect(waits).toBe(0);
  });
});
