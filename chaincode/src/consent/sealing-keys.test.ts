import { KEY_EPOCH_MAX, keyScopes, type SealingKey, SEALING_KEYS_MAX } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealedTo, sealingKey } from './testing/owner-desk.ts';

const QUARTER_MS = 91 * 24 * 60 * 60 * 1000;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();

function openKeys(vid: string): Promise<SealingKey[]> {
  return desk.ask('readSealingKeys', vid);
}

describe('sealing keys', () => {
  test('are kept, and the epochs of each scope count on', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const keys = [sealingKey(), sealingKey({ epoch: 2 }), sealingKey({ scope: 'energy' })];
    const published = await desk.publish(owner, vid, keys);
    expect(published).toEqual(
      keys.map((key) => ({ ...key, vid, ownerEpoch: 1, from: desk.inMs(0) })),
    );
    const [more] = await desk.publish(owner, vid, [sealingKey({ epoch: 3 })]);
    expect(await openKeys(vid)).toEqual([...published, more]);
  });

  test('of two years of quarters are published at once, and begin in their time', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const keys = keyScopes.flatMap((scope) =>
      Array.from({ length: 9 }, (_, quarter) =>
        sealingKey({ scope, epoch: quarter + 1, from: desk.inMs(quarter * QUARTER_MS) }),
      ),
    );
    expect(keys).toHaveLength(SEALING_KEYS_MAX);
    const published = await desk.publish(owner, vid, keys);
    expect(published.at(-1)).toMatchObject({ epoch: 9, from: desk.inMs(8 * QUARTER_MS) });
  });

  test('come to a last epoch, behind which there is none, and other scopes go on', async () => {
    const vid = await consortium.register({ owner: owner.keyId, keys: [sealingKey()] });
    // What 65,535 keys come to: they are published a few at a time.
    const epochs = consortium.ledger.state().find(([key]) => key === `key-epochs|${vid}`);
    const { newest, ...rest } = JSON.parse(epochs?.[1] ?? '') as { readonly newest: object };
    const before = { ...rest, newest: { ...newest, usage: KEY_EPOCH_MAX - 1 } };
    consortium.ledger.put(`key-epochs|${vid}`, JSON.stringify(before));
    await desk.publish(owner, vid, [sealingKey({ epoch: KEY_EPOCH_MAX })]);
    for (const epoch of [1, KEY_EPOCH_MAX]) {
      await expectRefusal(consortium, 'EPOCHS_SPENT', () =>
        desk.publish(owner, vid, [sealingKey({ epoch })]),
      );
    }
    await expectRefusal(consortium, 'COMMAND_MALFORMED', () =>
      desk.publish(owner, vid, [sealingKey({ epoch: KEY_EPOCH_MAX + 1 })]),
    );
    await desk.publish(owner, vid, [sealingKey({ scope: 'energy' })]);
  });

  test('cannot have begun before they are there', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const [key] = await desk.publish(owner, vid, [sealingKey({ from: desk.inMs(-QUARTER_MS) })]);
    expect(key).toMatchObject({ from: desk.inMs(0) });
  });

  test('take one key to find the newest, and no range', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const [jti, commandId] = [desk.nonce(), consortium.commandId()];
    const fn = 'Consent:publishSealingKeys';
    const command = await desk.sign(owner, fn, vid, { keys: [sealingKey()] }, { jti });
    const request = { commandId, command };
    const { effects } = await consortium.submit(
      'MakerMSP',
      'Consent',
      'publishSealingKeys',
      request,
    );
    expect([...effects.reads].sort()).toEqual(
      [
        `command|MakerMSP|${commandId}`,
        `command|${owner.keyId}|${jti}`,
        `key-epochs|${vid}`,
        'member|MakerMSP',
        `owner|${vid}`,
        'parameter|privacy.suites',
      ].sort(),
    );
    expect(effects.ranges).toEqual([]);
    expect(effects.writes.map(([key]) => key)).toEqual([
      `sealing-keys|${vid}|00000001`,
      `key-epochs|${vid}`,
      `command|${owner.keyId}|${jti}`,
      `command|MakerMSP|${commandId}`,
    ]);
    const event = JSON.stringify({ keys: 1, ownerEpoch: 1, vid });
    expect(effects.events).toEqual([['SealingKeysPublished', event]]);
  });

  test('go on where the former owner’s ended, which are closed', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    await desk.publish(owner, vid, [sealingKey(), sealingKey({ scope: 'energy' })]);
    await desk.handOver(vid, owner, buyer);
    expect(await openKeys(vid)).toEqual([]);
    await expectRefusal(consortium, 'EPOCH_INVALID', () =>
      desk.publish(buyer, vid, [sealingKey()]),
    );
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () =>
      desk.publish(owner, vid, [sealingKey({ epoch: 2 })]),
    );
    const keys = await desk.publish(buyer, vid, [sealingKey({ epoch: 2 })]);
    expect(keys).toMatchObject([{ epoch: 2, ownerEpoch: 2 }]);
    expect(await openKeys(vid)).toEqual(keys);
  });

  test('are in the order of their numbers, not of their digits', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    for (let epoch = 1; epoch <= 11; epoch += 1) {
      await desk.publish(owner, vid, [sealingKey({ epoch })]);
    }
    const epochs = (await openKeys(vid)).map(({ epoch }) => epoch);
    expect(epochs).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
  });

  test('that a revocation closed are not handed out, the others are', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    await desk.publish(owner, vid, [sealingKey(), sealingKey({ scope: 'energy' })]);
    const terms = { classes: ['usage'], wrap: keyWrap() };
    const { grantId } = await desk.grant(owner, vid, terms);
    await desk.revoke(owner, vid, grantId, { keys: [sealingKey({ epoch: 2 })] });
    const open = (await openKeys(vid)).map(({ scope, epoch }) => [scope, epoch]);
    expect(open).toEqual([
      ['energy', 1],
      ['usage', 2],
    ]);
  });

  test.each([
    ['none', 'COMMAND_MALFORMED', []],
    ['the epoch after the next', 'EPOCH_INVALID', [sealingKey({ epoch: 2 })]],
    ['one epoch twice', 'EPOCH_INVALID', [sealingKey(), sealingKey()]],
    [
      'a gap in between',
      'EPOCH_INVALID',
      [sealingKey(), sealingKey({ epoch: 2 }), sealingKey({ epoch: 4 })],
    ],
    ['epochs backwards', 'EPOCH_INVALID', [sealingKey({ epoch: 2 }), sealingKey()]],
    ['epoch 0', 'COMMAND_MALFORMED', [sealingKey({ epoch: 0 })]],
    ['an epoch beyond all', 'COMMAND_MALFORMED', [sealingKey({ epoch: 65_536 })]],
    ['a suite that is not allowed', 'SUITE_NOT_ALLOWED', [sealingKey({ suite: 2 })]],
    ['a suite that is no byte', 'COMMAND_MALFORMED', [sealingKey({ suite: 256 })]],
    ['a scope that there is not', 'FIELD_CLASS_UNKNOWN', [sealingKey({ scope: 'everything' })]],
    [
      'a field that has no key of its own',
      'FIELD_CLASS_UNKNOWN',
      [sealingKey({ scope: 'Vehicle.TripDuration' })],
    ],
    [
      'a key with its secret',
      'COMMAND_MALFORMED',
      [sealingKey({ key: { ...makeKey().jwk, d: 'secret' } })],
    ],
    [
      'a short coordinate',
      'PUBLIC_KEY_INVALID',
      [sealingKey({ key: { ...makeKey().jwk, x: 'AAAA' } })],
    ],
    [
      'a point off the curve',
      'PUBLIC_KEY_INVALID',
      [sealingKey({ key: { ...makeKey().jwk, y: 'A'.repeat(43) } })],
    ],
    ['a time in another spelling', 'INSTANT_INVALID', [sealingKey({ from: '2026-12-01' })]],
    [
      'more than two years of quarters',
      'COMMAND_MALFORMED',
      Array.from({ length: SEALING_KEYS_MAX + 1 }, (_, index) => sealingKey({ epoch: index + 1 })),
    ],
  ] as const)('of %s are refused', async (_, code, keys) => {
    const vid = await consortium.register({ owner: owner.keyId });
    await expectRefusal(consortium, code, () => desk.publish(owner, vid, keys));
    expect(await openKeys(vid)).toEqual([]);
  });

  test('of one epoch are published once, though two were endorsed', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const endorse = async () => {
      const keys = { keys: [sealingKey()] };
      const command = await desk.sign(owner, 'Consent:publishSealingKeys', vid, keys);
      return consortium.endorse('GarageMSP', 'Consent', 'publishSealingKeys', { command });
    };
    const [one, other] = [await endorse(), await endorse()];
    expect([one.commit(), other.commit()]).toEqual([true, false]);
    expect(await openKeys(vid)).toEqual(one.answer);
  });
});

describe('a registration with first keys', () => {
  const papersKey = () => sealingKey({ scope: 'ownership' });
  const register = async (more: object) => {
    const vid = consortium.newVid();
    const vehicle = { ticket: await consortium.ticket(vid), day: '2021-05-06', ...more };
    const called = await consortium.submit('MakerMSP', 'Passport', 'registerVehicles', {
      ...{ source: 'MakerMSP/main', vehicles: [vehicle] },
    });
    return { vid, ...called };
  };

  test('keeps them, and papers that are sealed to one', async () => {
    const keys = [papersKey(), sealingKey()];
    const more = { owner: owner.keyId, keys, sealed: { ownership: sealedTo(1) } };
    const { vid, effects } = await register(more);
    const own = effects.writes.map(([key]) => key).filter((key) => key.includes(vid));
    expect(own.map((key) => key.split('|')[0] ?? '').sort()).toEqual([
      ...['key-epochs', 'life', 'owner', 'ownership', 'sealing-keys', 'ticket', 'vehicle'],
    ]);
    expect(effects.events.map(([name]) => name)).toEqual(['VehiclesRegistered']);
    expect(await openKeys(vid)).toMatchObject([
      { scope: 'ownership', epoch: 1, ownerEpoch: 1 },
      { scope: 'usage', epoch: 1 },
    ]);
    await desk.publish(owner, vid, [sealingKey({ epoch: 2 })]);
  });

  test.each([
    ['keys, and no owner', 'OWNER_UNKNOWN', { keys: [papersKey()] }, '/vehicles/0'],
    [
      'keys that begin with the second',
      'EPOCH_INVALID',
      { owner: owner.keyId, keys: [sealingKey({ epoch: 2 })] },
      '/vehicles/0/keys',
    ],
    [
      'papers that are sealed to no key',
      'EPOCH_INVALID',
      { owner: owner.keyId, sealed: { ownership: sealedTo(1) } },
      '/vehicles/0/sealed/ownership',
    ],
    [
      'papers that are sealed to another key',
      'EPOCH_INVALID',
      { owner: owner.keyId, keys: [papersKey()], sealed: { ownership: sealedTo(2) } },
      '/vehicles/0/sealed/ownership',
    ],
    [
      'papers that name no epoch',
      'SEALED_FIELD_INVALID',
      { owner: owner.keyId, keys: [papersKey()], sealed: { ownership: 'AQEAAA' } },
      '/vehicles/0/sealed/ownership',
    ],
  ] as const)('of %s is refused', async (_, code, more, pointer) => {
    const error = await expectRefusal(consortium, code, () => register(more));
    expect(error.pointer).toBe(pointer);
  });
});
