import type { LogBook, Sealed } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { keyWrap, OwnerDesk, sealedTo, sealingKey } from '../consent/testing/owner-desk.ts';
import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const scopes = ['usage', 'maintenance', 'incident', 'ownership'] as const;

/** A vehicle whose keys of epoch 1 are closed, and those of epoch 2 are not. */
async function withClosedKeys(): Promise<string> {
  const keys = scopes.map((scope) => sealingKey({ scope }));
  const vid = await consortium.register({ owner: owner.keyId, keys });
  const { grantId } = await desk.grant(owner, vid, { classes: scopes, wrap: keyWrap() });
  const next = scopes.map((scope) => sealingKey({ scope, epoch: 2 }));
  await desk.revoke(owner, vid, grantId, { keys: next });
  return vid;
}

type Actor = 'MakerMSP' | 'GarageMSP' | 'InspectionMSP' | 'InsurerMSP';

function act(by: Actor, name: string, vid: string, sealed: Sealed, more: object = {}) {
  const event = { id: desk.nonce(), vid, at: '2026-11-20', method: 'expert', sealed };
  return consortium.submit(by, 'Passport', name, { source: `${by}/main`, event, ...more });
}

function record(vid: string, sealed: Sealed) {
  const event = { id: desk.nonce(), vid, kind: 'trip', at: '2026-11-20', method: 'expert', sealed };
  return consortium.submit('MakerMSP', 'Passport', 'recordEvents', {
    source: 'MakerMSP/main',
    events: [event],
  });
}

describe('what is sealed to a closed key', () => {
  test('is not recorded in a batch; the event is named, and nothing of it is written', async () => {
    const vid = await withClosedKeys();
    const event = { vid, kind: 'trip', at: '2026-11-20', method: 'expert' };
    const events = [
      { ...event, id: 'open', sealed: { usage: sealedTo(2) } },
      { ...event, id: 'closed', sealed: { maintenance: sealedTo(2), usage: sealedTo(1) } },
    ];
    const error = await expectRefusal(consortium, 'EPOCH_CLOSED', () =>
      consortium.submit('MakerMSP', 'Passport', 'recordEvents', {
        ...{ source: 'MakerMSP/main', events },
      }),
    );
    expect(error.message).toMatch(/event closed: the keys of usage up to 1/);
    await record(vid, { usage: sealedTo(2) });
  });

  test('is not recorded by any act of the life cycle', async () => {
    const acts = [
      ['InsurerMSP', 'appraise', 'incident'],
      ['InsurerMSP', 'declareWreck', 'incident'],
      ['GarageMSP', 'recordRepair', 'maintenance'],
      ['InspectionMSP', 'liftWreck', 'incident'],
      ['InspectionMSP', 'recordExport', 'ownership'],
      ['InspectionMSP', 'recordReturn', 'ownership'],
    ] as const;
    const vid = await withClosedKeys();
    for (const [by, name, scope] of acts) {
      const sealed = (epoch: number) => act(by, name, vid, { [scope]: sealedTo(epoch) });
      await expectRefusal(consortium, 'EPOCH_CLOSED', () => sealed(1));
      await sealed(2);
    }
    const { events } = (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
    expect(events).toHaveLength(acts.length);
  });

  test('is not recorded with a replaced odometer', async () => {
    const vid = await withClosedKeys();
    const replace = (epoch: number) =>
      consortium.submit('GarageMSP', 'Passport', 'replaceOdometer', {
        source: 'GarageMSP/main',
        event: {
          ...{ id: desk.nonce(), vid, at: '2026-11-20', method: 'expert', odometerKm: 1 },
          sealed: { maintenance: sealedTo(epoch) },
        },
        formerOdometerKm: 100,
      });
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => replace(1));
    await replace(2);
    // The life cycle was written anew, and what is closed stays so.
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => replace(1));
  });

  test('stays refused after an incident, which writes the life cycle', async () => {
    const vid = await withClosedKeys();
    const incident = (epoch: number) =>
      consortium.submit('InsurerMSP', 'Passport', 'recordEvents', {
        source: 'InsurerMSP/main',
        events: [
          {
            ...{ id: desk.nonce(), vid, kind: 'incident', at: '2026-11-20', method: 'expert' },
            sealed: { incident: sealedTo(epoch) },
          },
        ],
      });
    await incident(2);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => incident(1));
  });

  test('cannot come with a voiding, which carries no fields; what it voids may be closed by now', async () => {
    const keys = [sealingKey()];
    const vid = await consortium.register({ owner: owner.keyId, keys });
    await desk.recordSealed(vid, 1);
    await desk.handOver(vid, owner, makeKey());
    const request = {
      ...{ source: 'MakerMSP/main', id: desk.nonce(), vid, at: '2026-11-20' },
      event: { source: 'MakerMSP/main', entry: 1, index: 0 },
      reason: 'of another car',
    };
    await expectRefusal(consortium, 'REQUEST_MALFORMED', () =>
      consortium.submit('MakerMSP', 'Passport', 'voidEvent', {
        ...{ ...request, sealed: { usage: sealedTo(1) } },
      }),
    );
    await consortium.submit('MakerMSP', 'Passport', 'voidEvent', request);
  });
});

describe('a sealed field', () => {
  test.each([
    ['a suite that nobody voted for', 'SUITE_NOT_ALLOWED', sealedTo(1, 2)],
    ['suite 255', 'SUITE_NOT_ALLOWED', sealedTo(1, 255)],
    ['epoch 0', 'SEALED_FIELD_INVALID', sealedTo(0)],
    ['a header of five bytes', 'SEALED_FIELD_INVALID', sealedTo(1).slice(0, 6)],
    ['the byte of its suite only', 'SEALED_FIELD_INVALID', 'AQ'],
    ['nothing', 'SEALED_FIELD_INVALID', ''],
    ['more than the ledger keeps', 'SEALED_FIELD_INVALID', 'AQEAAAAB'.padEnd(6_001, 'A')],
  ] as const)('of %s is refused', async (_, code, field) => {
    const vid = await consortium.register({ owner: owner.keyId, keys: [sealingKey()] });
    const error = await expectRefusal(consortium, code, () =>
      record(vid, { usage: field } as unknown as Sealed),
    );
    expect(error.message).toContain('/events/0/sealed');
  });

  test('takes no key more to be recorded: the own head and the life cycle, and no range', async () => {
    const vid = await withClosedKeys();
    const sealed = { usage: sealedTo(2), maintenance: sealedTo(2) };
    const { effects } = await record(vid, sealed);
    const own = effects.reads.filter((key) => key.includes(vid)).sort();
    expect(own).toEqual([`head|${vid}|MakerMSP/main`, `life|${vid}`]);
    expect(effects.ranges).toEqual([]);
    const others = effects.reads
      .filter((key) => !key.includes(vid))
      .map((key) => key.split('|')[0] ?? '');
    expect(others.sort()).toEqual(['command', 'member', 'parameter', 'parameter', 'source']);
    const written = effects.writes.map(([key]) => key).filter((key) => key.includes(vid));
    expect(written.map((key) => key.split('|')[0] ?? '').sort()).toEqual(['head', 'log']);
  });
});
