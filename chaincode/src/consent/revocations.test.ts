import { type Grant, type LifeCycle, type Vehicle, WRAPS_MAX } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealedTo, sealingKey } from './testing/owner-desk.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();

/** A vehicle with keys of usage up to epoch 2, and one of driving. */
async function registered(): Promise<string> {
  const keys = [sealingKey(), sealingKey({ epoch: 2 }), sealingKey({ scope: 'driving' })];
  return consortium.register({ owner: owner.keyId, keys });
}

async function closedOf(vid: string): Promise<LifeCycle['closed']> {
  const vehicle = (await consortium.evaluate('Passport', 'readVehicle', { vid })) as Vehicle;
  return vehicle.lifeCycle.closed;
}

function grantOf(vid: string, grantId: string): Promise<Grant | undefined> {
  return desk
    .ask<Grant[]>('readGrants', vid)
    .then((grants) => grants.find((grant) => grant.grantId === grantId));
}

describe('a revocation', () => {
  test('ends the grant, which stays; and says whether what had been open closes too', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const grant = await desk.grant(owner, vid);
    const other = await desk.grant(owner, vid, { classes: ['energy'] });
    const { answer, effects } = await desk.call('revoke', owner, vid, {
      ...{ grantId: grant.grantId, retracts: true },
    });
    expect(answer).toEqual({ ...grant, revokedAt: desk.inMs(0), retracts: true });
    expect(effects.ranges).toEqual([]);
    expect(effects.events.map(([name]) => name)).toEqual(['Revoked']);
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
    expect(await desk.readsBy(vid, 'energy')).toBe(other.grantId);
    expect(await grantOf(vid, grant.grantId)).toEqual({ ...(answer as object), wraps: [] });
    await expectRefusal(consortium, 'GRANT_ENDED', () => desk.revoke(owner, vid, grant.grantId));
  });

  test('closes the keys of what the grant had opened, in one write, and no others', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { classes: ['usage'], wrap: keyWrap() });
    const { effects } = await desk.call('revoke', owner, vid, { grantId });
    expect(await closedOf(vid)).toEqual({ usage: 2 });
    const own = effects.writes.map(([key]) => key).filter((key) => !key.startsWith('command'));
    expect(own).toEqual([`grant|${vid}|00000001|${grantId}`, `life|${vid}`]);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => desk.recordSealed(vid, 2));
    await desk.recordSealed(vid, 1, 'driving');
  });

  test('of a single field closes that field’s key only', async () => {
    const field = 'Vehicle.TripMeterReading' as const;
    const keys = [sealingKey(), sealingKey({ scope: field })];
    const vid = await consortium.register({ owner: owner.keyId, keys });
    const terms = { classes: [], fields: [field], wrap: keyWrap() };
    const { grantId } = await desk.grant(owner, vid, terms);
    await desk.revoke(owner, vid, grantId);
    expect(await closedOf(vid)).toEqual({ [field]: 1 });
    await desk.recordSealed(vid, 1);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => desk.recordSealed(vid, 1, field));
  });

  test('brings the next keys, and those of grants that go on: nobody else is shut out', async () => {
    const vid = await registered();
    const ended = await desk.grant(owner, vid, { wrap: keyWrap('A') });
    const going = await desk.grant(owner, vid, { classes: ['usage'], wrap: keyWrap('B') });
    const { effects } = await desk.call('revoke', owner, vid, {
      grantId: ended.grantId,
      keys: [sealingKey({ epoch: 3 }), sealingKey({ scope: 'driving', epoch: 2 })],
      rewraps: [{ grantId: going.grantId, wrap: keyWrap('C') }],
    });
    expect(await closedOf(vid)).toEqual({ driving: 1, usage: 2 });
    const typesOf = (keys: readonly string[]) => keys.map((key) => key.split('|')[0] ?? '').sort();
    expect(typesOf(effects.reads)).toEqual([
      ...['command', 'command', 'grant', 'grant', 'key-epochs', 'life', 'member', 'owner'],
      'parameter',
    ]);
    expect(typesOf(effects.writes.map(([key]) => key))).toEqual([
      ...['command', 'command', 'grant', 'grant', 'key-epochs', 'life', 'sealing-keys'],
    ]);
    expect(effects.ranges).toEqual([]);
    expect(await grantOf(vid, going.grantId)).toMatchObject({
      wraps: [keyWrap('B'), keyWrap('C')],
      revokedAt: null,
    });
    await desk.recordSealed(vid, 3);
    await desk.recordSealed(vid, 2, 'driving');
  });

  test('that fails in one part does nothing at all', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap() });
    const revoke = (more: object) => () => desk.revoke(owner, vid, grantId, more);
    const other = { grantId: 'no-such-grant', wrap: keyWrap() };
    const itself = { grantId, wrap: keyWrap() };
    await expectRefusal(consortium, 'EPOCH_INVALID', revoke({ keys: [sealingKey({ epoch: 2 })] }));
    await expectRefusal(consortium, 'GRANT_UNKNOWN', revoke({ rewraps: [other] }));
    await expectRefusal(consortium, 'GRANT_ENDED', revoke({ rewraps: [itself] }));
    await desk.recordSealed(vid, 2);
  });

  test('of a grant that came without keys closes none', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid);
    await desk.revoke(owner, vid, grantId);
    expect(await closedOf(vid)).toBeUndefined();
    await desk.recordSealed(vid, 2);
  });

  test('of a grant that has expired closes its keys, which reach further', async () => {
    const vid = await registered();
    const terms = { expiresAt: desk.inMs(DAY_MS), wrap: keyWrap() };
    const { grantId } = await desk.grant(owner, vid, terms);
    consortium.ledger.advance(2 * DAY_MS);
    const revoked = await desk.revoke(owner, vid, grantId, { retracts: true });
    expect(revoked).toMatchObject({ revokedAt: desk.inMs(0), retracts: true });
    expect(await closedOf(vid)).toEqual({ driving: 1, usage: 2 });
    await expectRefusal(consortium, 'GRANT_ENDED', () => desk.revoke(owner, vid, grantId));
  });

  test('in time makes what is sealed to a closed key invalid, though it was endorsed before', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap() });
    const event = { vid, kind: 'trip', at: '2026-11-20', method: 'connected-car' };
    const record = (id: string) =>
      consortium.endorse('MakerMSP', 'Passport', 'recordEvents', {
        source: 'MakerMSP/main',
        events: [{ ...event, id, sealed: { usage: sealedTo(2) } }],
      });
    const command = await desk.sign(owner, 'Consent:revoke', vid, { grantId });
    const revoke = () => consortium.endorse('GarageMSP', 'Consent', 'revoke', { command });
    const [early, late, revocation] = [await record('early'), await record('late'), await revoke()];
    // What is recorded before it does not get in its way.
    expect([early.commit(), revocation.commit(), late.commit()]).toEqual([true, true, false]);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => record('later'));
  });

  test('is the owner’s, and of a grant of the owner’s', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const { grantId } = await desk.grant(owner, vid);
    const revokedBy = (key: typeof owner, id: string) => () => desk.revoke(key, vid, id);
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', revokedBy(buyer, grantId));
    await expectRefusal(consortium, 'GRANT_UNKNOWN', revokedBy(owner, 'no-such-grant'));
    await expectRefusal(consortium, 'COMMAND_ID_INVALID', revokedBy(owner, 'a\0b of a key'));
    await desk.handOver(vid, owner, buyer);
    await expectRefusal(consortium, 'GRANT_UNKNOWN', revokedBy(buyer, grantId));
  });
});

describe('keys that are added to a grant', () => {
  const add = (vid: string, grantId: string, wrap = keyWrap('B')) =>
    desk.call('rewrap', owner, vid, { grants: [{ grantId, wrap }] });

  test('come behind those that it has; the answer has none of them', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap('A') });
    const { answer, effects } = await add(vid, grantId);
    expect(answer).toEqual([{ grantId, wraps: 2 }]);
    expect(effects.ranges).toEqual([]);
    expect(effects.events.map(([name]) => name)).toEqual(['KeysAdded']);
    expect(await grantOf(vid, grantId)).toMatchObject({ wraps: [keyWrap('A'), keyWrap('B')] });
    expect(await closedOf(vid)).toBeUndefined();
  });

  test('are refused to a grant that was revoked, has expired, or has none', async () => {
    const vid = await registered();
    const revoked = await desk.grant(owner, vid, { wrap: keyWrap() });
    await desk.revoke(owner, vid, revoked.grantId);
    await expectRefusal(consortium, 'GRANT_ENDED', () => add(vid, revoked.grantId));
    const clear = await desk.grant(owner, vid);
    await expectRefusal(consortium, 'GRANT_INVALID', () => add(vid, clear.grantId));
    const short = await desk.grant(owner, vid, { expiresAt: desk.inMs(1), wrap: keyWrap() });
    consortium.ledger.advance(1);
    await expectRefusal(consortium, 'GRANT_ENDED', () => add(vid, short.grantId));
  });

  test('are refused twice in one command, and beyond what a grant holds', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap() });
    const twice = Array.from({ length: 2 }, () => ({ grantId, wrap: keyWrap() }));
    await expectRefusal(consortium, 'GRANT_INVALID', () =>
      desk.call('rewrap', owner, vid, { grants: twice }),
    );
    for (let wraps = 1; wraps < WRAPS_MAX; wraps += 1) await add(vid, grantId);
    await expectRefusal(consortium, 'GRANT_INVALID', () => add(vid, grantId));
  });

  test('are the present owner’s to add', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap() });
    await desk.handOver(vid, owner, buyer);
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => add(vid, grantId));
    await expectRefusal(consortium, 'GRANT_UNKNOWN', () =>
      desk.call('rewrap', buyer, vid, { grants: [{ grantId, wrap: keyWrap() }] }),
    );
  });
});
