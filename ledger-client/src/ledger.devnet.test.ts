import { retry } from '@passport/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readBlocks } from './blocks/read-blocks.ts';
import { readLedgerName } from './blocks/ledger-name.ts';
import { LedgerError } from './ledger-error.ts';
import { connectLedger, type ContractCall, type Ledger } from './ledger.ts';
import { TestNetwork } from './testing/test-network.ts';

let network: TestNetwork;
let ledger: Ledger;

beforeAll(async () => {
  network = await TestNetwork.start();
  ledger = await connect(network);
});

afterAll(async () => {
  ledger?.close();
  await network?.stop();
});

async function connect(
  to: TestNetwork,
  deadlinesMs: Parameters<typeof connectLedger>[1]['deadlinesMs'] = {},
): Promise<Ledger> {
  return connectLedger(to.profile, { mspId: 'MakerMSP', user: 'User1', deadlinesMs });
}

function tiny(transaction: string, ...args: string[]): ContractCall {
  return { chaincode: 'tiny', transaction, args };
}

async function failureOf(promise: Promise<unknown>): Promise<LedgerError> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof LedgerError) return error;
  throw error;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe('Ledger', () => {
  test('submits a transaction that is read back', async () => {
    const committed = await ledger.submit(tiny('put', 'a', 'value'));

    expect(text(committed.result)).toBe('done');
    expect(committed.blockNumber).toBeGreaterThan(0n);
    expect(committed.transactionId).toMatch(/^[0-9a-f]{64}$/);
    expect(text(await ledger.evaluate(tiny('get', 'a')))).toBe('value');
  });

  test('has blocks that name each other, and what is in them', async () => {
    const { blockNumber, transactionId } = await ledger.submit(tiny('put', 'b', 'value'));
    const signal = new AbortController().signal;
    const blocks = await readBlocks(ledger, 0n, blockNumber, signal);
    expect(blocks.map(({ number }) => number)).toEqual(
      Array.from({ length: Number(blockNumber) + 1 }, (_, number) => BigInt(number)),
    );
    expect(blocks.at(-1)?.previousHash).toBe(blocks.at(-2)?.hash);
    expect(blocks.at(-1)?.transactions).toEqual([
      { txId: transactionId, submitter: 'MakerMSP', what: 'put', code: 'VALID' },
    ]);
    const waiting = new AbortController();
    const reading = readBlocks(ledger, blockNumber + 1n, blockNumber + 9n, waiting.signal);
    waiting.abort(new Error('no time'));
    await expect(reading).rejects.toThrow('no time');
  });

  test('is named by its genesis block, and does not wait for a name any longer than it is let', async () => {
    const signal = new AbortController().signal;
    expect(await readLedgerName(ledger, signal)).toMatch(/^fabric:[0-9a-f]{32}$/);
    expect(await readLedgerName(ledger, signal)).toBe(await readLedgerName(ledger, signal));
    const over = AbortSignal.abort(new Error('no time'));
    await expect(readLedgerName(ledger, over)).rejects.toThrow('no time');
  });

  test('hands transient data to the chaincode', async () => {
    const call = { ...tiny('transient', 'pin'), transient: { pin: '0000' } };

    expect(text(await ledger.evaluate(call))).toBe('0000');
  });

  test.each(['evaluate', 'endorse'] as const)(
    'tells code and message of a chaincode that refuses (%s)',
    async (step) => {
      const error = await failureOf(ledger[step](tiny('refuse', 'TINY_REFUSED: not today')));

      expect(error).toMatchObject({
        code: 'CHAINCODE_REFUSED',
        retry: 'never',
        step,
        chaincode: { status: 500, code: 'TINY_REFUSED', message: 'not today' },
      });
      expect(error.message).toBe(`${step} failed: TINY_REFUSED: not today`);
      expect(error.endpoints[0]?.mspId).toBe('MakerMSP');
    },
  );

  test('says that the chaincode is not there', async () => {
    const error = await failureOf(ledger.submit({ chaincode: 'nobody', transaction: 'get' }));

    expect(error).toMatchObject({ code: 'LEDGER_REFUSED', retry: 'never', step: 'endorse' });
  });

  test('wants a new transaction after a conflict', async () => {
    const first = await ledger.endorse(tiny('increment', 'counter'));
    const second = await ledger.endorse(tiny('increment', 'counter'));

    await first.submit();
    const error = await failureOf(second.submit());

    expect(error).toMatchObject({
      code: 'TRANSACTION_CONFLICT',
      retry: 'new-id',
      step: 'commit',
      validationCode: 'MVCC_READ_CONFLICT',
      transactionId: second.transactionId,
    });
  });

  test('counts a transaction once that is submitted twice', async () => {
    const endorsed = await ledger.endorse(tiny('increment', 'twice'));

    const committed = await endorsed.submit();

    expect(await endorsed.submit()).toEqual(committed);
    expect(text(await ledger.evaluate(tiny('get', 'twice')))).toBe('1');
  });

  test('gives up after its deadline', async () => {
    const impatient = await connect(network, { evaluate: 1 });

    const error = await failureOf(impatient.evaluate(tiny('get', 'a')));
    impatient.close();

    expect(error).toMatchObject({ code: 'LEDGER_TIMEOUT', retry: 'same-id', step: 'evaluate' });
  });

  test('submits the same transaction again after the peer was lost', async () => {
    const endorsed = await ledger.endorse(tiny('put', 'lost', 'and found'));
    await network.crash();

    const error = await failureOf(endorsed.submit());
    await network.restart();
    const committed = await retry(() => endorsed.submit(), {
      attemptsMax: 20,
      firstDelayMs: 100,
      longestDelayMs: 1_000,
      isRetryable: (reason) => reason instanceof LedgerError && reason.retry === 'same-id',
      random: () => 1,
    });

    expect(error).toMatchObject({ code: 'LEDGER_UNAVAILABLE', retry: 'same-id', step: 'submit' });
    expect(committed.transactionId).toBe(endorsed.transactionId);
    expect(text(await ledger.evaluate(tiny('get', 'lost')))).toBe('and found');
  });
});

describe('Ledger on a slow network', () => {
  test('stops waiting for a block, and learns the outcome when it asks again', async () => {
    const slow = await TestNetwork.start(2_000);
    const impatient = await connect(slow, { commit: 300 });
    const patient = await connect(slow);

    const endorsed = await impatient.endorse(tiny('put', 'slow', 'yes'));
    const error = await failureOf(endorsed.submit());
    const before = text(await patient.evaluate(tiny('get', 'slow')));
    await patient.submit(tiny('put', 'other', 'yes'));
    const after = text(await patient.evaluate(tiny('get', 'slow')));
    impatient.close();
    patient.close();
    await slow.stop();

    expect(error).toMatchObject({ code: 'LEDGER_TIMEOUT', retry: 'same-id', step: 'commit' });
    expect([before, after]).toEqual(['', 'yes']);
  });
});
