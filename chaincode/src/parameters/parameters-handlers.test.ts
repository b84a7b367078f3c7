import {
  defaultQualityRules,
  type ParameterHistory,
  parameterNames,
  type ParameterVersion,
} from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium, type testMembers } from '../testing/test-consortium.ts';

type Name = keyof typeof testMembers;

const DAY_MS = 24 * 60 * 60 * 1000;
const name = 'consent.grant-days';

let consortium: TestConsortium;
beforeEach(async () => {
  consortium = await TestConsortium.found();
});

const inMs = (ms: number) => new Date(consortium.ledger.now().getTime() + ms).toISOString();

async function propose(value: unknown, ms = 0, changes: object = {}, by: Name = 'MakerMSP') {
  const request = { name, value, effectiveFrom: inMs(ms), ...changes };
  const { answer } = await consortium.asAdmin(by, 'Parameters', 'proposeParameter', request);
  return answer as { proposalId: string; version: number };
}

async function approve(proposalId: string, by: Name = 'BankMSP'): Promise<ParameterVersion> {
  const request = { proposalId };
  return (await consortium.asAdmin(by, 'Parameters', 'approveParameter', request))
    .answer as ParameterVersion;
}

async function history(of: string = name): Promise<ParameterHistory> {
  return (await consortium.evaluate('Parameters', 'readParameter', {
    name: of,
  })) as ParameterHistory;
}

async function change(days: number, ms = 0): Promise<ParameterVersion> {
  return approve((await propose({ initial: days, max: 730 }, ms)).proposalId);
}

const current = async () => (await history()).current.version;

describe('a parameter', () => {
  test('has the value that is built in, as version 0, until it is changed', async () => {
    const initial = {
      version: 0,
      value: { initial: 90, max: 730 },
      effectiveFrom: null,
      proposedBy: null,
      approvedBy: null,
    };
    expect(await history()).toEqual({ name, current: initial, versions: [initial] });
    expect((await history('quality.rules')).current.value).toEqual(defaultQualityRules);
    for (const each of parameterNames) expect((await history(each)).name).toBe(each);
  });

  test('is changed by two organisations, at once when its time has come', async () => {
    const value = { initial: 30, max: 365 };
    const { proposalId, version } = await propose(value);
    expect(version).toBe(1);
    expect(await current()).toBe(0);
    const approved = await approve(proposalId);
    expect(approved).toEqual({
      version: 1,
      value,
      effectiveFrom: inMs(0),
      proposedBy: 'MakerMSP',
      approvedBy: 'BankMSP',
    });
    expect((await history()).current).toEqual(approved);
    expect((await history()).versions).toHaveLength(2);
  });

  test('is proposed and approved by reading and writing named keys only', async () => {
    const proposed = await consortium.asAdmin('MakerMSP', 'Parameters', 'proposeParameter', {
      ...{ commandId: 'propose-it', name, value: { initial: 1, max: 2 }, effectiveFrom: inMs(0) },
    });
    const { proposalId } = proposed.answer as { proposalId: string };
    const approved = await consortium.asAdmin('BankMSP', 'Parameters', 'approveParameter', {
      ...{ commandId: 'approve-it', proposalId },
    });
    expect(proposed.effects.reads).toEqual([
      'command|MakerMSP|propose-it',
      'member|MakerMSP',
      `parameter|${name}`,
    ]);
    expect(proposed.effects.writes.map(([key]) => key)).toEqual([
      `proposal|parameter|${proposalId}`,
      'command|MakerMSP|propose-it',
    ]);
    expect(approved.effects.reads).toEqual([
      'command|BankMSP|approve-it',
      'member|BankMSP',
      `proposal|parameter|${proposalId}`,
      `parameter|${name}`,
    ]);
    expect(approved.effects.writes.map(([key]) => key)).toEqual([
      `proposal|parameter|${proposalId}`,
      `parameter|${name}`,
      'command|BankMSP|approve-it',
    ]);
    for (const { effects } of [proposed, approved]) {
      expect(effects.ranges).toEqual([]);
      expect(effects.events).toHaveLength(1);
    }
  });

  test('holds from the millisecond that it names, not before', async () => {
    await change(10, DAY_MS);
    expect(await current()).toBe(0);
    consortium.ledger.advance(DAY_MS - 1);
    expect(await current()).toBe(0);
    consortium.ledger.advance(1);
    expect(await current()).toBe(1);
  });

  test('that is approved late holds from its approval, and never before', async () => {
    const { proposalId } = await propose({ initial: 10, max: 20 }, DAY_MS);
    consortium.ledger.advance(5 * DAY_MS);
    expect(await approve(proposalId)).toMatchObject({ effectiveFrom: inMs(0) });
    expect(await current()).toBe(1);
  });

  test('has versions one after the other', async () => {
    await change(10, DAY_MS);
    for (const ms of [0, DAY_MS - 1, DAY_MS]) {
      await expectRefusal(consortium, 'EXPIRY_INVALID', () => propose({ initial: 2, max: 3 }, ms));
    }
    await change(20, DAY_MS + 1);
    const { versions } = await history();
    expect(versions.map(({ version }) => version)).toEqual([0, 1, 2]);
    expect(await current()).toBe(0);
    consortium.ledger.advance(DAY_MS);
    expect(await current()).toBe(1);
    consortium.ledger.advance(1);
    expect(await current()).toBe(2);
  });

  test('of which another version came first is proposed again', async () => {
    const one = await propose({ initial: 10, max: 20 });
    const other = await propose({ initial: 11, max: 20 });
    await approve(one.proposalId);
    await expectRefusal(consortium, 'PROPOSAL_OUTDATED', () => approve(other.proposalId));
    expect((await history()).current.value).toEqual({ initial: 10, max: 20 });
  });

  test('is what the contracts go by', async () => {
    const vid = await consortium.register();
    const { proposalId } = await propose({ ...defaultQualityRules, probation: 100 }, 0, {
      name: 'quality.rules',
    });
    await approve(proposalId);
    const event = { id: 'a', vid, at: '2026-11-22', kind: 'inspection', method: 'professional' };
    const request = { source: 'GarageMSP/main', events: [event] };
    await consortium.submit('GarageMSP', 'Passport', 'recordEvents', request);
    const place = { vid, source: 'GarageMSP/main', entry: 1, index: 0 };
    expect(await consortium.evaluate('Quality', 'explainEvent', place)).toMatchObject({
      ...{ quality: { source: 100 }, rules: { version: 1 } },
    });
  });
});

describe('a proposal of a parameter', () => {
  test('is not approved by who made it, nor twice, nor by a user, nor as one of members', async () => {
    const { proposalId } = await propose({ initial: 10, max: 20 });
    await expectRefusal(consortium, 'SAME_ORGANISATION', () => approve(proposalId, 'MakerMSP'));
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('BankMSP', 'Parameters', 'approveParameter', { proposalId }),
    );
    await expectRefusal(consortium, 'PROPOSAL_UNKNOWN', () =>
      consortium.asAdmin('BankMSP', 'Members', 'approveChange', { proposalId }),
    );
    await approve(proposalId);
    await expectRefusal(consortium, 'PROPOSAL_ENDED', () => approve(proposalId, 'GarageMSP'));
    await expectRefusal(consortium, 'PROPOSAL_UNKNOWN', () => approve('no-such-proposal'));
  });

  test('is made by an administrator', async () => {
    const request = { name, value: { initial: 1, max: 2 }, effectiveFrom: inMs(0) };
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('MakerMSP', 'Parameters', 'proposeParameter', request),
    );
  });

  test('is of a time to come', async () => {
    const value = { initial: 1, max: 2 };
    await expectRefusal(consortium, 'EXPIRY_INVALID', () => propose(value, -1));
    await expectRefusal(consortium, 'INSTANT_INVALID', () =>
      propose(value, 0, { effectiveFrom: '2027-01-01' }),
    );
  });

  const rules = defaultQualityRules;
  test.each([
    ['a parameter that there is not', 'PARAMETER_UNKNOWN', 'quality', {}],
    ['a name of every object', 'PARAMETER_UNKNOWN', 'toString', {}],
    ['nothing', 'REQUEST_MALFORMED', name, undefined],
    ['null', 'PARAMETER_VALUE_INVALID', name, null],
    ['half a day', 'PARAMETER_VALUE_INVALID', name, { initial: 0.5, max: 2 }],
    ['no day', 'PARAMETER_VALUE_INVALID', name, { initial: 0, max: 2 }],
    ['a text', 'PARAMETER_VALUE_INVALID', name, { initial: '1', max: 2 }],
    ['more than two years', 'PARAMETER_VALUE_INVALID', name, { initial: 1, max: 731 }],
    ['more by default than at most', 'PARAMETER_VALUE_INVALID', name, { initial: 3, max: 2 }],
    ['something more', 'PARAMETER_VALUE_INVALID', name, { initial: 1, max: 2, more: 3 }],
    ['no suite', 'PARAMETER_VALUE_INVALID', 'privacy.suites', { allowed: [] }],
    ['a suite of two bytes', 'PARAMETER_VALUE_INVALID', 'privacy.suites', { allowed: [256] }],
    ['a score above 1000', 'PARAMETER_VALUE_INVALID', 'quality.rules', { ...rules, latest: 1001 }],
    [
      'days that do not ascend',
      'PARAMETER_VALUE_INVALID',
      'quality.rules',
      { ...rules, timeliness: [...rules.timeliness].reverse() },
    ],
    [
      'a method without score',
      'PARAMETER_VALUE_INVALID',
      'quality.rules',
      { ...rules, methods: { ...rules.methods, dongle: undefined } },
    ],
  ] as const)('of %s is refused', async (_, code, of, value) => {
    await expectRefusal(consortium, code, () => propose(value, 1, { name: of }));
  });
});
