import type { Member, Role } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium, type testMembers } from '../testing/test-consortium.ts';

type Name = keyof typeof testMembers;

let consortium: TestConsortium;
beforeEach(async () => {
  consortium = await TestConsortium.found();
});

const newcomer = { mspId: 'ShopMSP', name: 'A shop', roles: ['garage'] as Role[] };
const admit = { change: 'admit', member: newcomer };
const reason = 'the board decided so';

async function propose(change: object, by: Name = 'MakerMSP'): Promise<string> {
  const { answer } = await consortium.asAdmin(by, 'Members', 'proposeChange', { change });
  return (answer as { proposalId: string }).proposalId;
}

async function approve(proposalId: string, by: Name = 'BankMSP'): Promise<Member> {
  const { answer } = await consortium.asAdmin(by, 'Members', 'approveChange', { proposalId });
  return answer as Member;
}

const decide = async (change: object) => approve(await propose(change));

async function members(): Promise<Member[]> {
  return (await consortium.evaluate('Members', 'readMembers', {})) as Member[];
}

describe('a change to who is a member', () => {
  test('takes two organisations, and holds from the second on', async () => {
    const proposalId = await propose(admit);
    expect((await members()).map(({ mspId }) => mspId)).not.toContain('ShopMSP');
    const member = { ...newcomer, status: 'active', version: 1 };
    expect(await approve(proposalId)).toEqual(member);
    expect(await members()).toContainEqual(member);
  });

  test('is proposed and approved by reading and writing named keys only', async () => {
    const proposed = await consortium.asAdmin('MakerMSP', 'Members', 'proposeChange', {
      ...{ commandId: 'propose-it', change: admit },
    });
    const { proposalId } = proposed.answer as { proposalId: string };
    expect(proposed.effects.reads).toEqual([
      ...['command|MakerMSP|propose-it', 'member|MakerMSP', 'member|ShopMSP'],
    ]);
    expect(proposed.effects.writes.map(([key]) => key)).toEqual([
      ...[`proposal|member|${proposalId}`, 'command|MakerMSP|propose-it'],
    ]);
    const approved = await consortium.asAdmin('BankMSP', 'Members', 'approveChange', {
      ...{ commandId: 'approve-it', proposalId },
    });
    expect(approved.effects.reads).toEqual([
      'command|BankMSP|approve-it',
      'member|BankMSP',
      `proposal|member|${proposalId}`,
      'member|ShopMSP',
    ]);
    expect(approved.effects.writes.map(([key]) => key)).toEqual([
      `proposal|member|${proposalId}`,
      'member|ShopMSP',
      'command|BankMSP|approve-it',
    ]);
    for (const { effects } of [proposed, approved]) {
      expect(effects.ranges).toEqual([]);
      expect(effects.events).toHaveLength(1);
    }
  });

  test('is not approved by who proposed it, nor twice, nor by a user, nor under a wrong id', async () => {
    const proposalId = await propose(admit);
    await expectRefusal(consortium, 'SAME_ORGANISATION', () => approve(proposalId, 'MakerMSP'));
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('BankMSP', 'Members', 'approveChange', { proposalId }),
    );
    await expectRefusal(consortium, 'PROPOSAL_UNKNOWN', () => approve('no-such-proposal'));
    await approve(proposalId);
    await expectRefusal(consortium, 'PROPOSAL_ENDED', () => approve(proposalId, 'GarageMSP'));
  });

  test('is proposed by an administrator of an active member', async () => {
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('MakerMSP', 'Members', 'proposeChange', { change: admit }),
    );
    await decide({ change: 'suspend', mspId: 'GarageMSP', reason });
    await expectRefusal(consortium, 'MEMBER_SUSPENDED', () => propose(admit, 'GarageMSP'));
    const proposalId = await propose(admit);
    await expectRefusal(consortium, 'MEMBER_SUSPENDED', () => approve(proposalId, 'GarageMSP'));
  });

  test('of roles changes what the member may do', async () => {
    const rate = () =>
      consortium.submit('GarageMSP', 'Quality', 'rateSource', {
        ...{ source: 'MakerMSP/main', index: 700, reason },
      });
    await expectRefusal(consortium, 'ROLE_MISSING', rate);
    const roles = ['garage', 'auditor'];
    expect(await decide({ change: 'set-roles', mspId: 'GarageMSP', roles })).toMatchObject({
      ...{ roles, status: 'active', version: 2 },
    });
    await expect(rate()).resolves.toBeDefined();
  });

  test('suspends a member and what it does, until it is reinstated', async () => {
    const suspended = await decide({ change: 'suspend', mspId: 'GarageMSP', reason });
    expect(suspended).toMatchObject({ status: 'suspended', roles: ['garage'], version: 2 });
    const setKeys = () =>
      consortium.asAdmin('GarageMSP', 'Members', 'setSourceKeys', {
        ...{ source: 'GarageMSP/main', keys: [consortium.users.GarageMSP.keyId] },
      });
    await expectRefusal(consortium, 'MEMBER_SUSPENDED', setKeys);
    const reinstated = await decide({ change: 'reinstate', mspId: 'GarageMSP', reason });
    expect(reinstated).toMatchObject({ status: 'active', version: 3 });
    await expect(setKeys()).resolves.toBeDefined();
  });

  test.each([
    ['admits a member', 'MEMBER_KNOWN', { ...admit, member: { ...newcomer, mspId: 'BankMSP' } }],
    ['suspends a stranger', 'MEMBER_UNKNOWN', { change: 'suspend', mspId: 'ShopMSP', reason }],
    [
      'sets a stranger’s roles',
      'MEMBER_UNKNOWN',
      { change: 'set-roles', mspId: 'X', roles: ['maker'] },
    ],
    ['gives no reason', 'REASON_INVALID', { change: 'suspend', mspId: 'BankMSP', reason: '' }],
    ['is none', 'REQUEST_MALFORMED', { change: 'expel', mspId: 'BankMSP', reason }],
    ['takes all roles', 'REQUEST_MALFORMED', { change: 'set-roles', mspId: 'BankMSP', roles: [] }],
  ] as const)('that %s is refused', async (_, code, change) => {
    await expectRefusal(consortium, code, () => propose(change));
  });

  test('that has become impossible is not carried out', async () => {
    const [one, other] = [await propose(admit), await propose(admit)];
    await approve(one);
    await expectRefusal(consortium, 'MEMBER_KNOWN', () => approve(other));
  });

  test('is carried out on the member as it is by then', async () => {
    const [one, other] = [
      await propose({ change: 'suspend', mspId: 'GarageMSP', reason }),
      await propose({ change: 'set-roles', mspId: 'GarageMSP', roles: ['maker'] }),
    ];
    await approve(one);
    expect(await approve(other)).toMatchObject({
      status: 'suspended',
      roles: ['maker'],
      version: 3,
    });
  });
});
