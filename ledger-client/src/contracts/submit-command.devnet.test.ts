import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LedgerError } from '../ledger-error.ts';
import { connectLedger, type Ledger } from '../ledger.ts';
import { TestNetwork } from '../testing/test-network.ts';
import { defaultCallPolicy } from './call-policy.ts';
import { submitCommand } from './submit-command.ts';

let network: TestNetwork;
let ledger: Ledger;

beforeAll(async () => {
  network = await TestNetwork.start();
  ledger = await connectLedger(network.profile, { mspId: 'MakerMSP', user: 'User1' });
});

afterAll(async () => {
  ledger?.close();
  await network?.stop();
});

const attempts = { random: Math.random };

const patient = {
  ...defaultCallPolicy,
  transactions: { attemptsMax: 100, firstDelayMs: 5, longestDelayMs: 200 },
};

function increment(key: string) {
  return { chaincode: 'tiny', transaction: 'increment', args: [key] };
}

describe('submitCommand', () => {
  test('commands that conflict are endorsed again until each has had its turn', async () => {
    const submitted = await Promise.all(
      Array.from({ length: 12 }, () =>
        submitCommand(ledger, increment('counter'), patient, attempts),
      ),
    );
    const results = submitted.map(({ result }) => Number(Buffer.from(result).toString()));
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(Math.max(...submitted.map(({ attempts }) => attempts))).toBeGreaterThan(1);
  });

  test('gives up with the conflict when its attempts are spent', async () => {
    const once = { ...patient, transactions: { ...patient.transactions, attemptsMax: 1 } };
    const all = await Promise.allSettled(
      Array.from({ length: 6 }, () => submitCommand(ledger, increment('busy'), once, attempts)),
    );
    const failed = all.filter((outcome) => outcome.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) {
      expect(reason).toBeInstanceOf(LedgerError);
      expect(reason).toMatchObject({ code: 'TRANSACTION_CONFLICT', retry: 'new-id' });
    }
  });

  test('does not try again what the chaincode refuses', async () => {
    const call = { chaincode: 'tiny', transaction: 'refuse', args: ['VEHICLE_UNKNOWN: none'] };
    await expect(submitCommand(ledger, call, patient, attempts)).rejects.toMatchObject({
      code: 'CHAINCODE_REFUSED',
      retry: 'never',
      chaincode: { code: 'VEHICLE_UNKNOWN', message: 'none' },
    });
  });

  test('tries again what the catalogue says may be tried again, and stops when it is told to', async () => {
    const stop = new AbortController();
    const call = { chaincode: 'tiny', transaction: 'refuse', args: ['CLOCK_SKEWED: 130 s'] };
    const slow = { attemptsMax: 100, firstDelayMs: 60_000, longestDelayMs: 60_000 };
    const waiting = { random: () => 1, signal: stop.signal };
    const trying = submitCommand(ledger, call, { ...patient, transactions: slow }, waiting);
    const outcome = trying.catch((error: unknown) => error);
    const early = await Promise.race([
      outcome,
      new Promise((done) => setTimeout(done, 300, 'waits')),
    ]);
    expect(early).toBe('waits');
    stop.abort(new Error('asked to stop'));
    expect(String(await outcome)).toContain('asked to stop');
  });
});
