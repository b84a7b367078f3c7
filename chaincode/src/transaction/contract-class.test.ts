import { type ContractFunctions, PassportError, reads, submits } from '@passport/model';
import type { Contract } from 'fabric-contract-api';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { expectRefusal } from '../testing/refusal.ts';
import { TestLedger, type TestUser } from '../testing/test-ledger.ts';
import { makeUser } from '../testing/test-users.ts';
import {
  CLOCK_SKEW_MS_MAX,
  contractClass,
  type Handlers,
  REQUEST_LENGTH_MAX,
} from './contract-class.ts';

/** A contract of counters, the least that has all that a contract has. */
const countersContract = {
  add: submits<{ readonly z: number; readonly name: string; readonly at: string }>()(
    'Adds to a counter.',
    { name: z.string().min(1), by: z.int().default(1) },
  ),
  read: reads<number>()('A counter.', { name: z.string().min(1) }),
  list: reads<readonly string[]>()('All counters.', {}),
} satisfies ContractFunctions;

const counters: Handlers<typeof countersContract> = {
  async add(tx, { name, by }) {
    const count = ((await tx.get<number>(['counter', name])) ?? 0) + by;
    if (count < 0) throw new PassportError('BALANCE_INSUFFICIENT', 'a counter is below nothing');
    await tx.put(['counter', name], count);
    tx.emit('Added', { name, by });
    return { z: count, name, at: tx.time };
  },
  read: async (tx, { name }) => (await tx.get<number>(['counter', name])) ?? 0,
  async list(tx) {
    const names: string[] = [];
    for await (const { names: key } of tx.list<number>(['counter'])) names.push(key.join('/'));
    return names;
  },
};

const commandId = 'command-1';

let maker: TestUser;
let garage: TestUser;
beforeAll(async () => {
  maker = await makeUser('MakerMSP', 'client');
  garage = await makeUser('GarageMSP', 'client');
});

let ledger: TestLedger;
let contract: Contract;
beforeEach(() => {
  ledger = new TestLedger('2026-11-23T10:00:00.000Z');
  const make = (counter: new () => Contract): Contract => new counter();
  contract = make(contractClass('Counters', countersContract, counters, { now: ledger.now }));
});

const add = (request: unknown, user = maker, skewMs = 0) =>
  ledger.submit(contract, 'add', user, request, skewMs);
const read = (name: string) => ledger.endorse(contract, 'read', maker, { name });

describe('a function that submits', () => {
  test('answers canonical JSON, and keeps the command beside what it changes', async () => {
    const { answer, effects } = await add({ commandId, name: 'a' });
    expect(JSON.stringify(answer)).toBe('{"at":"2026-11-23T10:00:00.000Z","name":"a","z":1}');
    expect(effects.reads).toEqual([`command|MakerMSP|${commandId}`, 'counter|a']);
    expect(effects.writes.map(([key]) => key)).toEqual([
      'counter|a',
      `command|MakerMSP|${commandId}`,
    ]);
    expect(effects.events).toEqual([['Added', '{"by":1,"name":"a"}']]);
  });

  test('answers a retry with the same bytes, writes nothing and reads one key', async () => {
    const first = await add({ commandId, name: 'a' });
    await add({ commandId: 'command-2', name: 'a' });
    ledger.advance(86_400_000);
    const before = ledger.state();
    const again = await add({ commandId, name: 'a' });
    expect(JSON.stringify(again.answer)).toBe(JSON.stringify(first.answer));
    expect(again.effects).toEqual({
      reads: [`command|MakerMSP|${commandId}`],
      ranges: [],
      writes: [],
      events: [],
    });
    expect(ledger.state()).toEqual(before);
  });

  test.each([
    ['another value', { commandId, name: 'b' }],
    ['a default spelled out', { commandId, name: 'a', by: 1 }],
    ['another spelling', `{ "commandId": "${commandId}", "name": "a" }`],
  ])('refuses an id that was used with %s', async (_, request) => {
    await add({ commandId, name: 'a' });
    await expectRefusal({ ledger }, 'COMMAND_ID_REUSED', () => add(request));
  });

  test('refuses an id that was used for another function', async () => {
    const twoFunctions = { add: countersContract.add, more: countersContract.add };
    const handlers = { add: counters.add, more: counters.add };
    const Two = contractClass('Counters', twoFunctions, handlers, { now: ledger.now });
    const two = new Two();
    const request = { commandId, name: 'a' };
    await ledger.submit(two, 'add', maker, request);
    await expectRefusal({ ledger }, 'COMMAND_ID_REUSED', () =>
      ledger.submit(two, 'more', maker, request),
    );
  });

  test('lets each member name its commands', async () => {
    await add({ commandId, name: 'a' });
    expect((await add({ commandId, name: 'a' }, garage)).answer).toMatchObject({ z: 2 });
  });

  test('that was refused may be tried again under its id', async () => {
    await expectRefusal({ ledger }, 'BALANCE_INSUFFICIENT', () =>
      add({ commandId, name: 'a', by: -1 }),
    );
    await add({ commandId: 'command-2', name: 'a' });
    expect((await add({ commandId, name: 'a', by: -1 })).answer).toMatchObject({ z: 0 });
  });

  test('of which two are under way with one id commits once', async () => {
    const endorse = () => ledger.endorse(contract, 'add', maker, { commandId, name: 'a' });
    const [one, other] = [await endorse(), await endorse()];
    expect([one.commit(), other.commit()]).toEqual([true, false]);
    expect((await read('a')).answer).toBe(1);
  });

  test('takes a time within 120 s of the endorser’s, either way, and no other', async () => {
    expect(CLOCK_SKEW_MS_MAX).toBe(120_000);
    for (const skewMs of [-121_000, -120_001, 120_001, 121_000]) {
      await expectRefusal({ ledger }, 'CLOCK_SKEWED', () =>
        add({ commandId, name: 'a' }, maker, skewMs),
      );
    }
    await add({ commandId, name: 'a' }, maker, -120_000);
    await add({ commandId: 'command-2', name: 'a' }, maker, 120_000);
    expect((await read('a')).answer).toBe(2);
  });
});

describe('a function that only reads', () => {
  test('takes no command, writes nothing, and asks for no clock', async () => {
    await add({ commandId, name: 'b' });
    await add({ commandId: 'command-2', name: 'a' });
    const { answer, effects } = await ledger.endorse(contract, 'list', maker, {}, 1e9);
    expect(answer).toEqual(['a', 'b']);
    expect(effects).toEqual({ reads: [], ranges: ['counter'], writes: [], events: [] });
    await expectRefusal({ ledger }, 'REQUEST_MALFORMED', () =>
      ledger.endorse(contract, 'read', maker, { commandId, name: 'a' }),
    );
  });
});

describe('a request', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"commandId":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '1'],
    ['a member too many', { commandId, name: 'a', more: 1 }],
    ['a member too few', { commandId }],
    ['half a number', { commandId, name: 'a', by: 0.5 }],
    ['more than a safe integer', { commandId, name: 'a', by: 2 ** 53 }],
    ['a text for a number', { commandId, name: 'a', by: '1' }],
  ])('of %s is refused as malformed', async (_, request) => {
    await expectRefusal({ ledger }, 'REQUEST_MALFORMED', () => add(request));
  });

  test.each(['', 'short', 'x'.repeat(65), '-starts-wrong', 'has|bar-in-it', 7])(
    'with the command id %j is refused',
    async (id) => {
      await expectRefusal({ ledger }, 'COMMAND_ID_INVALID', () =>
        add({ commandId: id, name: 'a' }),
      );
    },
  );

  test('that is too long is refused before it is read', async () => {
    const bare = JSON.stringify({ commandId, name: '' });
    const fill = (length: number) =>
      JSON.stringify({ commandId, name: 'a'.repeat(length - bare.length) });
    expect(fill(REQUEST_LENGTH_MAX)).toHaveLength(REQUEST_LENGTH_MAX);
    await expectRefusal({ ledger }, 'REQUEST_TOO_LARGE', () => add(fill(REQUEST_LENGTH_MAX + 1)));
    await expectRefusal({ ledger }, 'REQUEST_TOO_LARGE', () =>
      add('not even JSON'.padEnd(REQUEST_LENGTH_MAX + 1)),
    );
    await expect(add(fill(REQUEST_LENGTH_MAX))).resolves.toBeDefined();
  });

  test('that is wrong says where', async () => {
    const error = await expectRefusal({ ledger }, 'REQUEST_MALFORMED', () =>
      add({ commandId, name: 'a', by: 'x' }),
    );
    expect(error.pointer).toBe('/by');
    expect(error.message).toMatch(/^REQUEST_MALFORMED: .* \(at \/by\)$/);
  });
});
