import { type LedgerBlock, readChain } from '@passport/oracle';
import { afterEach, describe, expect, test } from 'vitest';

import { type OracleApi, problem, type Served, serveOracle } from '../testing/oracle-api.ts';
import { smallLedger, streamOf, vids } from '../testing/small-ledger.ts';
import { LedgerHistory } from './ledger-history.ts';
import {
  broadQuestions,
  broadReleasedQuestions,
  type Question,
  releasedQuestion,
  viewQuestion,
} from './question.ts';
import { jsonOf, textOf } from './report.ts';
import { type Skipped, verify, type VerifyOptions } from './verify.ts';
import { type Verdict, verifyAnswer } from './verify-answer.ts';

const WAIT_MS = 200;

let api: OracleApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function verdicts(
  options: Partial<VerifyOptions> & {
    readonly change?: (served: Served, url: URL) => Served;
    readonly blocks?: readonly LedgerBlock[];
  } = {},
): Promise<(Verdict | Skipped)[]> {
  const { change, blocks = smallLedger(), ...more } = options;
  api = await serveOracle(smallLedger(), change);
  const ledger = new LedgerHistory(() => streamOf(blocks), 'passport', WAIT_MS);
  try {
    const all: (Verdict | Skipped)[] = [];
    for await (const one of verify({ api: api.url, ledger, ...more })) all.push(one);
    return all;
  } finally {
    ledger.close();
  }
}

const byDay = viewQuestion({ view: 'usage', metrics: 'trips,meanTripM', by: 'day' });
const [red = ''] = vids;

function spoil(name: string, spoiled: unknown): (served: Served) => Served {
  return ({ status, body }) => ({ status, body: { ...(body as object), [name]: spoiled } });
}

describe('verify', () => {
  test('says ok of an answer that is the ledger’s, bit for bit', async () => {
    const all = await verdicts({ questions: [byDay, { of: 'vehicle', vid: red }] });
    expect(all).toMatchObject([
      { block: 4, rows: 3, difference: undefined },
      { block: 4, rows: 6, difference: undefined },
    ]);
    expect(all.map(textOf)).toEqual([
      'ok  usage by day  block 4  3 rows\n',
      `ok  vehicle ${red}  block 4  6 events\n`,
    ]);
    expect(api?.asked).toEqual([
      '/v1/views/usage?metrics=trips%2CmeanTripM&by=day',
      `/v1/vehicles/${red}`,
    ]);
  });

  test('shows the first row that differs, by one unit in the last place', async () => {
    const rows = [
      ['2026-01-01', 1, 1000],
      ['2026-01-02', 1, 2000.0000000000002],
      ['2026-01-03', 7, 3000],
    ];
    const all = await verdicts({ questions: [byDay], change: spoil('rows', rows) });
    expect(all).toMatchObject([
      {
        difference: {
          at: 'rows[1]',
          api: '["2026-01-02",1,2000.0000000000002]',
          ledger: '["2026-01-02",1,2000]',
        },
      },
    ]);
    expect(all.map(textOf)).toEqual([
      'DIFFERS  usage by day  block 4  3 rows\n  first at rows[1]\n' +
        '  api     ["2026-01-02",1,2000.0000000000002]\n  ledger  ["2026-01-02",1,2000]\n',
    ]);
    expect(all.map((one) => JSON.parse(jsonOf(one)) as unknown)).toEqual([
      {
        ...{ result: 'differs', question: 'usage by day', block: 4, rows: 3, at: 'rows[1]' },
        ...{ api: '["2026-01-02",1,2000.0000000000002]', ledger: '["2026-01-02",1,2000]' },
      },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['blockHash', 'f'.repeat(64), 'blockHash'],
    ['ledger', 'fabric:other', 'ledger'],
    ['ledgerTime', '2026-02-01T10:30:00.001Z', 'ledgerTime'],
    ['definitions', 1, 'definitions'],
    ['rows', [], 'rows[0]'],
    ['rows', undefined, 'rows'],
    ['rows', 'none', 'rows'],
    ['block', 3, 'blockHash'],
    ['more', true, 'more'],
  ])('sees another %s', async (name, value, at) => {
    const all = await verdicts({ questions: [byDay], change: spoil(name, value) });
    expect(all).toMatchObject([{ difference: { at } }]);
  });

  test('sees a row too many, and events in another order', async () => {
    const more = ({ status, body }: Served): Served => {
      const answer = body as {
        readonly rows?: readonly unknown[];
        readonly events?: readonly unknown[];
      };
      const rows = answer.rows && [...answer.rows, ['x', 0, 0]];
      const events = answer.events?.toReversed();
      return { status, body: { ...answer, rows, events } };
    };
    const all = await verdicts({
      questions: [byDay, { of: 'vehicle', vid: red }],
      change: more,
    });
    expect(all).toMatchObject([
      { difference: { at: 'rows[3]', ledger: undefined } },
      { difference: { at: 'events[0]' } },
    ]);
  });

  test('verifies an older block where it is asked to, and no other', async () => {
    expect(await verdicts({ questions: [byDay], atBlock: 2 })).toMatchObject([
      { block: 2, rows: 2, difference: undefined },
    ]);
    await api?.close();
    const newer = (_: Served): Served => ({ status: 200, body: { block: 3 } });
    expect(await verdicts({ questions: [byDay], atBlock: 2, change: newer })).toMatchObject([
      { block: 2, difference: { at: expect.any(String) as string } },
    ]);
  });

  test('asks a broad set of questions by itself', async () => {
    const all = await verdicts();
    const words = all.map(textOf);
    expect(words.filter((line) => !line.startsWith('ok  '))).toEqual([]);
    expect(all).toHaveLength(broadQuestions().length + broadReleasedQuestions().length + 3);
    const expected = ['usage  ', 'events by kind', 'mileage by day,brand,model', 'vehicle ccc'];
    for (const start of expected) {
      expect(words.some((line) => line.startsWith(`ok  ${start}`))).toBe(true);
    }
    expect(words).toContain('ok  activity by bucket where window=7d  block 4  1 row\n');
  });

  test('leaves out what is too large of the broad set, not what was asked for', async () => {
    const large = (served: Served, url: URL): Served =>
      url.searchParams.get('by') === 'day' ? problem(422, 'QUERY_TOO_LARGE') : served;
    const all = await verdicts({ change: large });
    const skipped = all.filter((one) => 'skipped' in one);
    expect(skipped).toHaveLength(10);
    expect(all.filter((one) => !('skipped' in one) && one.difference !== undefined)).toEqual([]);
    await api?.close();
    await expect(verdicts({ questions: [byDay], change: large })).rejects.toMatchObject({
      code: 'API_REFUSED',
    });
  });

  test.each([
    ['nothing was', 404, 'BLOCK_NOT_HELD'],
    ['a market sells it, and has no product of a view', 404, 'PRODUCT_UNKNOWN'],
  ])('leaves out what was released where %s, and says so once', async (_, status, code) => {
    const without = (served: Served, url: URL): Served =>
      url.pathname.includes('/released/') ? problem(status, code) : served;
    const all = await verdicts({ change: without });
    const skipped = all.filter((one) => 'skipped' in one);
    expect(skipped).toMatchObject([{ question: { of: 'released' }, code }]);
    expect(all).toHaveLength(broadQuestions().length + 1 + 3);
  });

  test('compares what was released, at the end of an epoch and nowhere else', async () => {
    const questions = [releasedQuestion({ view: 'usage', by: 'day,brand' })];
    const all = await verdicts({ questions });
    expect(all.map(textOf)).toEqual(['ok  released usage by day,brand  block 3  0 rows\n']);
    expect(api?.asked[0]).toMatch(/^\/v1\/released\/usage\?metrics=trips/);
    for (const [name, value, at] of [
      ['batches', 1, 'batches'],
      ['coarser', { batches: 1, vehicles: 10 }, 'coarser'],
      ['epochBlocks', 3, 'answer'],
      ['epochBlocks', 'x', 'answer'],
      ['rows', [['2026-01-01', '*', 1]], 'rows[0]'],
    ] as const) {
      await api?.close();
      const spoilt = await verdicts({ questions, change: spoil(name, value) });
      expect(spoilt, name).toMatchObject([{ difference: { at } }]);
    }
  });

  test('a vehicle of the ledger that the API does not know differs', async () => {
    const without = (served: Served, url: URL): Served =>
      url.pathname.endsWith(red) ? problem(404, 'VEHICLE_UNKNOWN') : served;
    const all = await verdicts({ change: without });
    const differing = all.filter((one) => 'difference' in one && one.difference !== undefined);
    expect(differing).toMatchObject([
      { question: { vid: red }, difference: { at: 'answer', api: undefined } },
    ]);
  });
});

describe('nothing can be said', () => {
  const questions: Question[] = [byDay];

  test.each<[string, Served, object]>([
    ['payment is needed', problem(402, 'PAYMENT_REQUIRED'), { code: 'PAYMENT_REQUIRED' }],
    ['the API refuses', problem(404, 'BLOCK_NOT_HELD'), { code: 'API_REFUSED', status: 404 }],
    ['it is no answer', { status: 200, body: 'hello' }, { code: 'ANSWER_MALFORMED' }],
    ['it names no block', { status: 200, body: { block: -1 } }, { code: 'ANSWER_MALFORMED' }],
    ['it is ahead of the ledger', { status: 200, body: { block: 5 } }, { code: 'LEDGER_BEHIND' }],
  ])('when %s', async (_, served, error) => {
    await expect(verdicts({ questions, change: () => served })).rejects.toMatchObject(error);
  });

  test('when payment is needed, with what to do', async () => {
    const sold = verdicts({ questions, change: () => problem(402, 'PAYMENT_REQUIRED') });
    await expect(sold).rejects.toThrow(/developer flag/);
  });

  test('while the API has no answer yet, but it is asked again', async () => {
    let failures = 2;
    const change = (served: Served): Served =>
      (failures -= 1) >= 0 ? problem(503, 'NOT_READY') : served;
    expect(await verdicts({ questions, change })).toMatchObject([{ difference: undefined }]);
    await api?.close();
    failures = 9;
    await expect(verdicts({ questions, change })).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
    });
  });

  test('when there is no API', async () => {
    const ledger = new LedgerHistory(() => streamOf([]), 'passport', WAIT_MS);
    const none = verify({ api: 'http://127.0.0.1:1', ledger, questions });
    await expect(none.next()).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    ledger.close();
  });

  test('when the ledger’s blocks are no chain, or end', async () => {
    const blocks = smallLedger();
    const gap = [...blocks.slice(0, 2), ...blocks.slice(3)];
    await expect(verdicts({ questions, blocks: gap })).rejects.toMatchObject({
      code: 'LEDGER_UNREADABLE',
    });
    const ends = async function* (): AsyncGenerator<LedgerBlock> {
      yield* blocks.slice(0, 1);
    };
    const ended = new LedgerHistory(
      async () => Object.assign(ends(), { close: () => {} }),
      'passport',
      WAIT_MS,
    );
    await expect(ended.reach(1)).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
  });
});

test('an answer can be verified by itself', async () => {
  const history = await readChain(smallLedger(), { chaincode: 'passport' });
  const answered = { question: byDay, block: 4, answer: { block: 4 } };
  expect(verifyAnswer(history, answered)).toMatchObject({ rows: 0, difference: { at: 'ledger' } });
});
