import { contracts, type Member } from '@passport/model';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestLedger, type TestUser } from '../testing/test-ledger.ts';
import { makeUser } from '../testing/test-users.ts';
import { contractClass } from '../transaction/contract-class.ts';
import { membersHandlers } from './members-handlers.ts';

const founders = [
  { mspId: 'MakerMSP', name: 'A maker', roles: ['maker'] },
  { mspId: 'BankMSP', name: 'A bank', roles: ['custodian', 'auditor'] },
];

let admin: TestUser;
let client: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  admin = await makeUser('MakerMSP', 'admin');
  client = await makeUser('MakerMSP', 'client');
  stranger = await makeUser('OtherMSP', 'admin');
});

let ledger: TestLedger;
let call: (user: TestUser, name: string, request: object) => ReturnType<TestLedger['submit']>;
beforeEach(() => {
  ledger = new TestLedger('2026-11-23T10:00:00.000Z');
  const options = { now: ledger.now };
  const Members = contractClass('Members', contracts.Members, membersHandlers, options);
  const members = new Members();
  let commands = 0;
  call = (user, name, request) => {
    commands += 1;
    return ledger.submit(members, name, user, { commandId: `command-${commands}`, ...request });
  };
});

const found = (user = admin, members: unknown = founders) =>
  call(user, 'foundConsortium', { members });

describe('founding the consortium', () => {
  test('names its first members, and reads one key', async () => {
    const { answer, effects } = await found();
    expect(answer).toEqual({ members: ['MakerMSP', 'BankMSP'] });
    expect(effects.reads).toEqual(['command|MakerMSP|command-1', 'founded']);
    expect(effects.ranges).toEqual([]);
    expect(effects.writes.map(([key]) => key)).toEqual([
      'founded',
      'member|MakerMSP',
      'member|BankMSP',
      'command|MakerMSP|command-1',
    ]);
    const member = JSON.parse(effects.writes[1]?.[1] ?? '') as Member;
    expect(member).toEqual({ ...founders[0], status: 'active', version: 1 });
    expect(effects.events).toEqual([['ConsortiumFounded', '{"members":["MakerMSP","BankMSP"]}']]);
  });

  test('happens once, whoever tries again', async () => {
    await found();
    await expectRefusal({ ledger }, 'FOUNDED_ALREADY', () => found());
    const others = [{ mspId: 'OtherMSP', name: 'O', roles: ['maker'] }, founders[0]];
    await expectRefusal({ ledger }, 'FOUNDED_ALREADY', () => found(stranger, others));
  });

  test('is for an administrator of one of them', async () => {
    await expectRefusal({ ledger }, 'ADMIN_REQUIRED', () => found(client));
    await expectRefusal({ ledger }, 'MEMBER_UNKNOWN', () => found(stranger));
  });

  test.each([
    ['one member', 'REQUEST_MALFORMED', founders.slice(0, 1)],
    ['a member twice', 'MEMBER_KNOWN', [founders[0], founders[0]]],
    ['a member without roles', 'REQUEST_MALFORMED', [founders[0], { ...founders[1], roles: [] }]],
    [
      'a role that there is not',
      'ROLE_UNKNOWN',
      [founders[0], { ...founders[1], roles: ['king'] }],
    ],
    [
      'a role twice',
      'REQUEST_MALFORMED',
      [founders[0], { ...founders[1], roles: ['maker', 'maker'] }],
    ],
    ['a bad MSP id', 'MSP_ID_INVALID', [founders[0], { ...founders[1], mspId: 'a b' }]],
    [
      'a suspended one',
      'REQUEST_MALFORMED',
      [founders[0], { ...founders[1], status: 'suspended' }],
    ],
  ] as const)('with %s is refused', async (_, code, members) => {
    await expectRefusal({ ledger }, code, () => found(admin, members));
  });

  test('comes before everything else', async () => {
    await expectRefusal({ ledger }, 'MEMBER_UNKNOWN', () =>
      call(admin, 'proposeChange', { change: { change: 'admit', member: founders[1] } }),
    );
  });
});
