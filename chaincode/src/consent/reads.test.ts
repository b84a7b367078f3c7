import { BATCH_EVENTS_MAX, READS_PAGE, type ReadCounts, type ReadsPage } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { OwnerDesk } from './testing/owner-desk.ts';

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();
type Server = 'BankMSP' | 'InsurerMSP';

let queries = 0;
function read(vid: string, grantId: string, changes: object = {}) {
  queries += 1;
  return {
    ...{ vid, ownerEpoch: 1, grantId, reader: { mspId: 'InsurerMSP' }, scopes: ['usage'] },
    ...{ purpose: 'insurance', at: desk.inMs(-queries), query: `query-${queries}` },
    ...changes,
  };
}
const ownRead = (vid: string, changes: object = {}) =>
  read(vid, 'owner', { reader: null, purpose: null, ...changes });

const record = (reads: readonly object[], by: Server = 'BankMSP', more: object = {}) =>
  consortium.submit(by, 'Consent', 'recordReads', { reads, ...more });
const readsOf = (vid: string, more: object = {}) => desk.ask<ReadsPage>('readReads', vid, more);
const countsOf = (vid: string) => desk.ask<ReadCounts>('countReads', vid);

async function granted(): Promise<{ readonly vid: string; readonly grantId: string }> {
  const vid = await consortium.register({ owner: owner.keyId });
  const { grantId } = await desk.grant(owner, vid);
  return { vid, grantId };
}

/** A read as the owner finds it. */
function kept(it: { readonly vid: string; readonly ownerEpoch: number }, by: Server = 'BankMSP') {
  const { vid: _, ownerEpoch: __, ...rest } = it;
  return { ...rest, by, recordedAt: desk.inMs(0) };
}

describe('reads that a server records', () => {
  test('are found by the owner: who, what, when, what for, by which grant, and who served it', async () => {
    const { vid, grantId } = await granted();
    const [one, other] = [read(vid, grantId), ownRead(vid)];
    const { answer, effects } = await record([other, one]);
    expect(answer).toEqual({ reads: 2 });
    expect(effects.events).toEqual([['ReadsRecorded', JSON.stringify({ reads: 2, vehicles: 1 })]]);
    expect(await readsOf(vid)).toEqual({ reads: [kept(one), kept(other)], next: null });
  });

  test('come the newest first', async () => {
    const { vid, grantId } = await granted();
    const [first, second] = [read(vid, grantId), read(vid, grantId)];
    await record([first]);
    consortium.ledger.advance(1_000);
    await record([second]);
    const { reads } = await readsOf(vid);
    expect(reads.map(({ query }) => query)).toEqual([second.query, first.query]);
  });

  test('take a key for each grant that is named, and write one for each vehicle and owner', async () => {
    const [a, b] = [await granted(), await granted()];
    await desk.handOver(b.vid, owner, buyer);
    const commandId = consortium.commandId();
    const { effects } = await record(
      [
        ...[read(a.vid, a.grantId), read(a.vid, a.grantId), ownRead(a.vid)],
        ...[read(b.vid, b.grantId), ownRead(b.vid, { ownerEpoch: 2 })],
      ],
      'BankMSP',
      { commandId },
    );
    expect([...effects.reads].sort()).toEqual(
      [
        `command|BankMSP|${commandId}`,
        `grant|${a.vid}|00000001|${a.grantId}`,
        `grant|${b.vid}|00000001|${b.grantId}`,
        'member|BankMSP',
        `ownership|${a.vid}|00000001`,
        `ownership|${b.vid}|00000002`,
      ].sort(),
    );
    expect(effects.ranges).toEqual([]);
    const written = effects.writes.map(([key]) => key.split('|').slice(0, 3).join('|'));
    expect(written.sort()).toEqual(
      [
        `command|BankMSP|${commandId}`,
        `reads|${a.vid}|00000001`,
        `reads|${b.vid}|00000001`,
        `reads|${b.vid}|00000002`,
      ].sort(),
    );
  });

  test('of two servers at once are both kept', async () => {
    const { vid, grantId } = await granted();
    const endorse = (by: Server) =>
      consortium.endorse(by, 'Consent', 'recordReads', { reads: [read(vid, grantId)] });
    const both = [await endorse('BankMSP'), await endorse('InsurerMSP'), await endorse('BankMSP')];
    expect(both.map((endorsed) => endorsed.commit())).toEqual([true, true, true]);
    expect((await readsOf(vid)).reads.map(({ by }) => by).sort()).toEqual([
      ...['BankMSP', 'BankMSP', 'InsurerMSP'],
    ]);
  });

  test('are recorded once by their command', async () => {
    const { vid, grantId } = await granted();
    const [commandId, reads] = [consortium.commandId(), [read(vid, grantId)]];
    await record(reads, 'BankMSP', { commandId });
    await record(reads, 'BankMSP', { commandId });
    expect((await readsOf(vid)).reads).toHaveLength(1);
    await expectRefusal(consortium, 'COMMAND_ID_REUSED', () =>
      record([read(vid, grantId)], 'BankMSP', { commandId }),
    );
  });

  test('under a grant that has ended meanwhile are recorded all the same', async () => {
    const { vid, grantId } = await granted();
    await desk.revoke(owner, vid, grantId);
    await record([read(vid, grantId)]);
    await desk.handOver(vid, owner, buyer);
    await record([read(vid, grantId)]);
    expect((await readsOf(vid, { ownerEpoch: 1 })).reads).toHaveLength(2);
    expect((await readsOf(vid)).reads).toEqual([]);
  });

  test('are in pages, each read in one of them', async () => {
    const { vid, grantId } = await granted();
    const batch = () => Array.from({ length: 200 }, () => read(vid, grantId));
    for (let count = 0; count < 7; count += 1) {
      await record(batch());
      consortium.ledger.advance(1_000);
    }
    const seen: string[] = [];
    const pages: number[] = [];
    let after: string | null = null;
    do {
      const page: ReadsPage = await readsOf(vid, after === null ? {} : { after });
      pages.push(page.reads.length);
      seen.push(...page.reads.map(({ query }) => query));
      after = page.next;
    } while (after !== null);
    expect(pages).toEqual([600, 600, 200]);
    expect(Math.max(...pages)).toBeLessThan(READS_PAGE + BATCH_EVENTS_MAX);
    expect(new Set(seen).size).toBe(1_400);
    await expectRefusal(consortium, 'REQUEST_MALFORMED', () => readsOf(vid, { after: 'first' }));
  });

  test('are counted by grant, a query once however often it was recorded', async () => {
    const { vid, grantId } = await granted();
    const other = await desk.grant(owner, vid, { queriesMax: 3 });
    const again = read(vid, grantId);
    await record([again, read(vid, grantId), read(vid, other.grantId), ownRead(vid)]);
    await record([again]);
    expect(await countsOf(vid)).toEqual({
      ownerEpoch: 1,
      queries: { [grantId]: 2, [other.grantId]: 1 },
    });
    await desk.handOver(vid, owner, buyer);
    expect(await countsOf(vid)).toEqual({ ownerEpoch: 2, queries: {} });
    await desk.erase(buyer, vid, 2);
    expect(await countsOf(vid)).toEqual({ ownerEpoch: 0, queries: {} });
  });

  test('of an erased owner are shown to nobody any more', async () => {
    const { vid, grantId } = await granted();
    await record([read(vid, grantId)]);
    await desk.handOver(vid, owner, buyer);
    expect((await readsOf(vid, { ownerEpoch: 1 })).reads).toHaveLength(1);
    await desk.erase(owner, vid, 1);
    await record([read(vid, grantId), ownRead(vid)]);
    expect(await readsOf(vid, { ownerEpoch: 1 })).toEqual({ reads: [], next: null });
    expect(await readsOf(vid)).toEqual({ reads: [], next: null });
    await expectRefusal(consortium, 'OWNERSHIP_UNKNOWN', () => readsOf(vid, { ownerEpoch: 3 }));
  });

  test('of a vehicle without owner are none', async () => {
    const vid = await consortium.register();
    expect(await readsOf(vid)).toEqual({ reads: [], next: null });
  });
});

describe('a batch of reads', () => {
  const cases: [string, Parameters<typeof expectRefusal>[1], object, string][] = [
    ['a grant that nobody made', 'GRANT_UNKNOWN', { grantId: 'no-such-grant' }, ''],
    ['a grant of another owner', 'GRANT_UNKNOWN', { ownerEpoch: 2 }, ''],
    [
      'an owner that there was not',
      'OWNERSHIP_UNKNOWN',
      { grantId: 'owner', reader: null, purpose: null, ownerEpoch: 2 },
      '',
    ],
    ['no reader, and a grant', 'GRANT_INVALID', { reader: null }, ''],
    ['no purpose, and a grant', 'GRANT_INVALID', { purpose: null }, ''],
    ['the owner as somebody', 'GRANT_INVALID', { grantId: 'owner' }, ''],
    ['an unknown purpose', 'GRANT_INVALID', { purpose: 'curiosity' }, '/purpose'],
    ['an unknown scope', 'FIELD_CLASS_UNKNOWN', { scopes: ['all'] }, '/scopes/0'],
    ['a scope twice', 'REQUEST_MALFORMED', { scopes: ['usage', 'usage'] }, '/scopes'],
    ['no scope', 'REQUEST_MALFORMED', { scopes: [] }, '/scopes'],
    ['a time in another spelling', 'INSTANT_INVALID', { at: 'now' }, '/at'],
    ['a query without a name', 'REFERENCE_INVALID', { query: '' }, '/query'],
    ['a vid that is none', 'VID_INVALID', { vid: 'xyz' }, '/vid'],
    ['what was read', 'REQUEST_MALFORMED', { fields: { speed: 1 } }, ''],
  ];
  test.each(cases)('with %s is refused as a whole', async (_, code, changes, pointer) => {
    const { vid, grantId } = await granted();
    const error = await expectRefusal(consortium, code, () =>
      record([read(vid, grantId), read(vid, grantId, changes)]),
    );
    expect(error.pointer).toBe(`/reads/1${pointer}`);
  });

  test('with a grant of another vehicle is refused', async () => {
    const [a, b] = [await granted(), await granted()];
    await expectRefusal(consortium, 'GRANT_UNKNOWN', () => record([read(a.vid, b.grantId)]));
  });

  test('of none, and of 501, is refused; of 500 is not', async () => {
    const { vid, grantId } = await granted();
    await expectRefusal(consortium, 'BATCH_EMPTY', () => record([]));
    const many = Array.from({ length: 501 }, () => read(vid, grantId));
    await expectRefusal(consortium, 'BATCH_TOO_LARGE', () => record(many));
    await record(many.slice(1));
  });

  test('of a member that is no operator has its own reads only', async () => {
    const { vid, grantId } = await granted();
    await record([read(vid, grantId)], 'InsurerMSP');
    const foreign = [
      read(vid, grantId, { reader: { mspId: 'MakerMSP' } }),
      read(vid, grantId, { reader: { keyId: buyer.keyId } }),
      ownRead(vid),
    ];
    for (const one of foreign) {
      const error = await expectRefusal(consortium, 'ROLE_MISSING', () =>
        record([one], 'InsurerMSP'),
      );
      expect(error.pointer).toBe('/reads/0');
    }
    await record(foreign, 'BankMSP');
  });
});
