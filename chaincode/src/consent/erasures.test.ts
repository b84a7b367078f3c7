import type { LogBook } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey, type TestKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealingKey, terms } from './testing/owner-desk.ts';

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();

function registered(): Promise<string> {
  return consortium.register({ owner: owner.keyId, keys: [sealingKey()] });
}

async function ownersOf(vid: string): Promise<LogBook['owners']> {
  return ((await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook).owners;
}

/** All that contracts tell of a vehicle to whoever asks. */
async function allAnswers(vid: string): Promise<string> {
  const read = { grantee: terms.grantee };
  return JSON.stringify([
    await consortium.evaluate('Passport', 'readLogBook', { vid }),
    await consortium.evaluate('Passport', 'readVehicle', { vid }),
    await desk.ask('readGrants', vid),
    await desk.ask('readGrantsOf', vid, read),
    await desk.ask('readOwnership', vid),
    await desk.ask('readSealingKeys', vid),
    await desk.ask('readReads', vid),
    await desk.ask('countReads', vid),
    await desk.ask('readErasures', vid),
  ]);
}

describe('the erasure of the present owner', () => {
  test('leaves nobody as owner, in an epoch of their own, and dead grants and closed keys', async () => {
    const vid = await registered();
    const { grantId } = await desk.grant(owner, vid, { wrap: keyWrap() });
    const { answer, effects } = await desk.erase(owner, vid, 1);
    expect(answer).toEqual({ vid, ownerEpoch: 1, erasedAt: desk.inMs(0) });
    expect(effects.ranges).toEqual([]);
    expect(effects.events).toEqual([['Erased', JSON.stringify({ ownerEpoch: 1, vid })]]);
    const typesOf = (keys: readonly string[]) => keys.map((key) => key.split('|')[0] ?? '').sort();
    expect(typesOf(effects.reads)).toEqual([
      ...['command', 'command', 'erasure', 'key-epochs', 'life', 'member', 'owner', 'ownership'],
    ]);
    expect(typesOf(effects.writes.map(([key]) => key))).toEqual([
      ...['command', 'command', 'erasure', 'life', 'owner', 'ownership', 'ownership'],
    ]);
    expect(await desk.ask('readErasures', vid)).toEqual([answer]);
    expect(await desk.ask('readOwnership', vid)).toBeNull();
    expect(await desk.readsBy(vid, 'usage')).toBeNull();
    expect((await ownersOf(vid)).map(({ keyId, ownerEpoch }) => [keyId, ownerEpoch])).toEqual([
      [null, 1],
      [null, 2],
    ]);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => desk.recordSealed(vid, 1));
    for (const call of [
      () => desk.grant(owner, vid),
      () => desk.revoke(owner, vid, grantId),
      () => desk.publish(owner, vid, [sealingKey({ epoch: 2 })]),
      () => desk.handOver(vid, owner, buyer),
    ]) {
      await expectRefusal(consortium, 'OWNER_UNKNOWN', call);
    }
  });

  test('happens once', async () => {
    const vid = await registered();
    const command = await desk.sign(owner, 'Consent:erase', vid, { ownerEpoch: 1 });
    const erase = () => consortium.submit('GarageMSP', 'Consent', 'erase', { command });
    const first = await erase();
    expect((await erase()).answer).toEqual(first.answer);
    await expectRefusal(consortium, 'ERASED_ALREADY', () => desk.erase(owner, vid, 1));
    await expectRefusal(consortium, 'ERASED_ALREADY', () => desk.erase(owner, vid, 2));
  });

  test('is followed by an owner whom the registering member names, who begins anew', async () => {
    const vid = await registered();
    await desk.grant(owner, vid);
    await desk.erase(owner, vid, 1);
    const request = { vid, owner: buyer.keyId };
    const { answer } = await consortium.submit('MakerMSP', 'Passport', 'assignOwner', request);
    expect(answer).toEqual({ vid, ownerEpoch: 3 });
    expect(await desk.ask('readGrants', vid)).toEqual([]);
    await desk.publish(buyer, vid, [sealingKey({ epoch: 2 })]);
    await desk.recordSealed(vid, 2);
  });

  test('leaves no read of a contract that hands their keys out, nor any that names them', async () => {
    const vid = await registered();
    const bundle = { seller: { handOver: keyWrap('H') } };
    await desk.handOver(vid, owner, buyer, bundle);
    const granted = await desk.grant(buyer, vid, { wrap: keyWrap('G') });
    await desk.call('rewrap', buyer, vid, {
      grants: [{ grantId: granted.grantId, wrap: keyWrap('R') }],
    });
    const secrets = [keyWrap('H'), keyWrap('G'), keyWrap('R')].map(({ keys }) => keys);
    const before = await allAnswers(vid);
    for (const secret of [...secrets, buyer.keyId]) expect(before).toContain(secret);
    await desk.erase(buyer, vid, 2);
    const after = await allAnswers(vid);
    for (const secret of [...secrets, buyer.keyId]) expect(after).not.toContain(secret);
    await expectRefusal(consortium, 'OWNERSHIP_UNKNOWN', () =>
      desk.ask('readReads', vid, { ownerEpoch: 9 }),
    );
  });

  test('leaves no keys in the answers that are kept for commands which come again', async () => {
    const vid = await registered();
    const sent: [name: string, command: string, commandId: string][] = [];
    const send = async (name: string, args: object) => {
      const command = await desk.sign(owner, `Consent:${name}`, vid, args);
      const commandId = consortium.commandId();
      sent.push([name, command, commandId]);
      return consortium.submit('GarageMSP', 'Consent', name, { commandId, command });
    };
    const { answer } = await send('grant', { ...terms, wrap: keyWrap('G') });
    const { grantId } = answer as { readonly grantId: string };
    await send('rewrap', { grants: [{ grantId, wrap: keyWrap('R') }] });
    await send('revoke', { grantId });
    await desk.erase(owner, vid, 1);
    for (const [name, command, commandId] of sent) {
      const again = await consortium.submit('GarageMSP', 'Consent', name, { commandId, command });
      expect(JSON.stringify(again.answer)).not.toMatch(/G{100}|R{100}/);
    }
    const kept = consortium.ledger.state().filter(([key]) => key.startsWith('command'));
    expect(kept.filter(([, value]) => /G{100}|R{100}/.test(value))).toEqual([]);
  });
});

describe('the erasure of a former owner', () => {
  test('leaves the next one as owner, with grants, keys and what was handed over', async () => {
    const vid = await registered();
    await desk.handOver(vid, owner, buyer, {
      seller: { handOver: keyWrap('H') },
      buyer: { keys: [sealingKey({ epoch: 2 })] },
    });
    const { grantId } = await desk.grant(buyer, vid, { wrap: keyWrap() });
    const before = await desk.ask('readOwnership', vid);
    const { effects } = await desk.erase(owner, vid, 1);
    const written = effects.writes.map(([key]) => key).filter((key) => !key.startsWith('command'));
    expect(written).toEqual([`erasure|${vid}|00000001`, `ownership|${vid}|00000001`]);
    expect(await desk.ask('readOwnership', vid)).toEqual(before);
    expect(await desk.readsBy(vid, 'usage')).toBe(grantId);
    await desk.recordSealed(vid, 2);
    expect(await ownersOf(vid)).toMatchObject([
      { keyId: null, ownerEpoch: 1 },
      { keyId: buyer.keyId, ownerEpoch: 2, handOver: keyWrap('H') },
    ]);
    await expectRefusal(consortium, 'ERASED_ALREADY', () => desk.erase(owner, vid, 1));
  });

  test('of all their epochs takes a command each, for who had bought it back', async () => {
    const vid = await registered();
    await desk.handOver(vid, owner, buyer);
    await desk.handOver(vid, buyer, owner);
    await desk.erase(owner, vid, 3);
    await desk.erase(owner, vid, 1);
    expect((await ownersOf(vid)).map(({ keyId }) => keyId)).toEqual([
      null,
      buyer.keyId,
      null,
      null,
    ]);
    expect(await desk.ask('readErasures', vid)).toMatchObject([
      { ownerEpoch: 1 },
      { ownerEpoch: 3 },
    ]);
  });
});

describe('an erasure', () => {
  test.each([
    ['of the next owner, by the former', 'COMMAND_SIGNER_FOREIGN', owner, { ownerEpoch: 2 }],
    ['of the former owner, by the next', 'COMMAND_SIGNER_FOREIGN', buyer, { ownerEpoch: 1 }],
    ['of an epoch that is not there yet', 'OWNERSHIP_UNKNOWN', buyer, { ownerEpoch: 3 }],
    ['of epoch 0', 'COMMAND_MALFORMED', owner, { ownerEpoch: 0 }],
    ['of everything', 'COMMAND_MALFORMED', owner, {}],
  ] as const)('%s is refused', async (_, code, by: TestKey, args) => {
    const vid = await registered();
    await desk.handOver(vid, owner, buyer);
    await expectRefusal(consortium, code, () => desk.call('erase', by, vid, args));
  });

  test('of a vehicle that nobody owned, or that is none, is refused', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'OWNERSHIP_UNKNOWN', () => desk.erase(owner, vid, 1));
    const unknown = consortium.newVid();
    await expectRefusal(consortium, 'OWNERSHIP_UNKNOWN', () => desk.erase(owner, unknown, 1));
  });
});
