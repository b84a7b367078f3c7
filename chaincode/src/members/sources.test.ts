import type { Source } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium, testMembers } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';

type Name = keyof typeof testMembers;

let consortium: TestConsortium;
beforeEach(async () => {
  consortium = await TestConsortium.found();
});

const key = makeKey().keyId;
const workshop = {
  source: 'GarageMSP/workshop-7',
  kind: 'workshop',
  methods: ['professional'],
  keys: [key],
};
const reason = 'its clock is wrong';
const main = 'GarageMSP/main';

function register(changes: object = {}, by: Name = 'GarageMSP') {
  return consortium.asAdmin(by, 'Members', 'registerSource', { ...workshop, ...changes });
}

async function call(by: Name, name: string, request: object): Promise<Source> {
  return (await consortium.asAdmin(by, 'Members', name, request)).answer as Source;
}

const suspend = (by: Name, source = main) => call(by, 'suspendSource', { source, reason });
const reinstate = (by: Name, source = main) => call(by, 'reinstateSource', { source, reason });

describe('a source', () => {
  test('is registered by its own administrator, active and not yet rated', async () => {
    const { answer, effects } = await register({ commandId: 'register-it' });
    expect(answer).toEqual({ ...workshop, status: 'active', index: null, version: 1 });
    expect(effects.reads).toEqual([
      'command|GarageMSP|register-it',
      'member|GarageMSP',
      'source|GarageMSP|workshop-7',
    ]);
    expect(effects.ranges).toEqual([]);
    expect(effects.writes.map(([written]) => written)).toEqual([
      'source|GarageMSP|workshop-7',
      'command|GarageMSP|register-it',
    ]);
    expect(effects.events).toEqual([
      ['SourceRegistered', '{"source":"GarageMSP/workshop-7","version":1}'],
    ]);
    await expectRefusal(consortium, 'SOURCE_KNOWN', () => register());
  });

  test('is listed with all, or with those of its member', async () => {
    await register();
    const list = async (request: object) =>
      ((await consortium.evaluate('Members', 'readSources', request)) as Source[]).map(
        ({ source }) => source,
      );
    expect(await list({ mspId: 'GarageMSP' })).toEqual([main, 'GarageMSP/workshop-7']);
    expect(await list({ mspId: 'Garage' })).toEqual([]);
    expect(await list({})).toHaveLength(Object.keys(testMembers).length + 2);
  });

  test('is nobody else’s to register or to give keys', async () => {
    await expectRefusal(consortium, 'SOURCE_FOREIGN', () => register({}, 'MakerMSP'));
    await expectRefusal(consortium, 'SOURCE_FOREIGN', () =>
      call('InspectionMSP', 'setSourceKeys', { source: main, keys: [key] }),
    );
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('GarageMSP', 'Members', 'registerSource', workshop),
    );
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('GarageMSP', 'Members', 'setSourceKeys', { source: main, keys: [key] }),
    );
  });

  test.each([
    ['no name', 'SOURCE_ID_INVALID', { source: 'GarageMSP/' }],
    ['capitals in its name', 'SOURCE_ID_INVALID', { source: 'GarageMSP/Main' }],
    ['a name of two parts', 'SOURCE_ID_INVALID', { source: 'GarageMSP/a/b' }],
    ['an unknown kind', 'REQUEST_MALFORMED', { kind: 'rumour' }],
    ['an unknown method', 'METHOD_UNKNOWN', { methods: ['hearsay'] }],
    ['no key', 'REQUEST_MALFORMED', { keys: [] }],
    ['a key twice', 'REQUEST_MALFORMED', { keys: [key, key] }],
    ['17 keys', 'REQUEST_MALFORMED', { keys: Array.from({ length: 17 }, () => makeKey().keyId) }],
    ['something that is no key', 'KEY_ID_INVALID', { keys: ['key'] }],
    ['an index that it gives itself', 'REQUEST_MALFORMED', { index: 1000 }],
  ] as const)('with %s is refused', async (_, code, changes) => {
    await expectRefusal(consortium, code, () => register(changes));
  });

  test('that there is none has neither keys nor status', async () => {
    const source = 'GarageMSP/none';
    await expectRefusal(consortium, 'SOURCE_UNKNOWN', () =>
      call('GarageMSP', 'setSourceKeys', { source, keys: [key] }),
    );
    await expectRefusal(consortium, 'SOURCE_UNKNOWN', () => suspend('GarageMSP', source));
    await expectRefusal(consortium, 'SOURCE_UNKNOWN', () => reinstate('GarageMSP', source));
  });
});

describe('the keys of a source', () => {
  test('are replaced: the former ones write no more, the new ones do', async () => {
    const vid = await consortium.register();
    const record = (id: string) =>
      consortium.submit('GarageMSP', 'Passport', 'recordEvents', {
        source: main,
        events: [{ id, vid, at: '2026-11-22', kind: 'inspection', method: 'professional' }],
      });
    await record('a');
    const kept = await call('GarageMSP', 'setSourceKeys', { source: main, keys: [key] });
    expect(kept).toMatchObject({ keys: [key], version: 2, status: 'active' });
    await expectRefusal(consortium, 'SOURCE_KEY_UNKNOWN', () => record('b'));
    const { keyId } = consortium.users.GarageMSP;
    await call('GarageMSP', 'setSourceKeys', { source: main, keys: [keyId, key] });
    await record('b');
  });
});

describe('the suspension of a source', () => {
  test('is its own organisation’s or an auditor’s, and nobody else’s', async () => {
    expect(await suspend('GarageMSP')).toMatchObject({
      ...{ status: 'suspended', suspendedBy: 'GarageMSP', version: 2 },
    });
    const active = await reinstate('GarageMSP');
    expect(active).toMatchObject({ status: 'active', version: 3 });
    expect(active).not.toHaveProperty('suspendedBy');
    expect(await suspend('InspectionMSP')).toMatchObject({ suspendedBy: 'InspectionMSP' });
    expect(await reinstate('InspectionMSP')).toMatchObject({ status: 'active', version: 5 });
    await expectRefusal(consortium, 'ROLE_MISSING', () => suspend('InsurerMSP'));
    await expectRefusal(consortium, 'ROLE_MISSING', () => reinstate('InsurerMSP'));
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('GarageMSP', 'Members', 'suspendSource', { source: main, reason }),
    );
    await expectRefusal(consortium, 'ADMIN_REQUIRED', () =>
      consortium.submit('GarageMSP', 'Members', 'reinstateSource', { source: main, reason }),
    );
  });

  test('by an auditor is not undone by the organisation that it is about', async () => {
    await suspend('InspectionMSP');
    await expectRefusal(consortium, 'SAME_ORGANISATION', () => reinstate('GarageMSP'));
    // Nor by suspending it itself first.
    expect(await suspend('GarageMSP')).toMatchObject({ suspendedBy: 'InspectionMSP' });
    await expectRefusal(consortium, 'SAME_ORGANISATION', () => reinstate('GarageMSP'));
    expect(await reinstate('InspectionMSP')).toMatchObject({ status: 'active' });
  });

  test('by an auditor takes over that by its own organisation', async () => {
    await suspend('GarageMSP');
    expect(await suspend('InspectionMSP')).toMatchObject({ suspendedBy: 'InspectionMSP' });
    await expectRefusal(consortium, 'SAME_ORGANISATION', () => reinstate('GarageMSP'));
  });

  test('outlives new keys', async () => {
    await suspend('InspectionMSP');
    const kept = await call('GarageMSP', 'setSourceKeys', { source: main, keys: [key] });
    expect(kept).toMatchObject({ status: 'suspended', suspendedBy: 'InspectionMSP' });
  });

  test('has a reason', async () => {
    for (const wrong of ['', 'x'.repeat(201), 'line\nbreak']) {
      await expectRefusal(consortium, 'REASON_INVALID', () =>
        call('GarageMSP', 'suspendSource', { source: main, reason: wrong }),
      );
    }
  });
});
