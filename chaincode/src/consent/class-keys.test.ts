import type { ClassKey } from '@passport/model';
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
const classKey = () => ({ fieldClass: 'location', epoch: 1, suite: 1, key: makeKey().jwk });

function publish(vid: string, changes: object = {}, by = owner, claims: object = {}) {
  return desk.call('publishClassKey', by, vid, { ...classKey(), ...changes }, claims);
}

async function newestKeys(vid: string): Promise<ClassKey[]> {
  return (await consortium.evaluate('Consent', 'readClassKeys', { vid })) as ClassKey[];
}

describe('a class key', () => {
  test('is kept, and its class’s epoch counts on', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const args = classKey();
    const { answer } = await publish(vid, args);
    expect(answer).toEqual({ vid, ...args, ownerEpoch: 1 });
    const second = await publish(vid, { epoch: 2 });
    const other = await publish(vid, { fieldClass: 'energy' });
    expect(await newestKeys(vid)).toEqual([other.answer, second.answer]);
  });

  test('takes one key to find the newest, and no range', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const [jti, commandId] = [desk.nonce(), consortium.commandId()];
    const args = classKey();
    const command = await desk.sign(owner, 'Consent:publishClassKey', vid, args, { jti });
    const { effects } = await consortium.submit('MakerMSP', 'Consent', 'publishClassKey', {
      ...{ commandId, command },
    });
    expect([...effects.reads].sort()).toEqual(
      [
        `class-epoch|${vid}|location`,
        `command|MakerMSP|${commandId}`,
        `command|${owner.keyId}|${jti}`,
        'member|MakerMSP',
        `owner|${vid}`,
        'parameter|privacy.suites',
      ].sort(),
    );
    expect(effects.ranges).toEqual([]);
    expect(effects.writes.map(([key]) => key)).toEqual([
      `class-key|${vid}|location|00000001`,
      `class-epoch|${vid}|location`,
      `command|${owner.keyId}|${jti}`,
      `command|MakerMSP|${commandId}`,
    ]);
    expect(effects.events).toEqual([
      ['ClassKeyPublished', JSON.stringify({ epoch: 1, fieldClass: 'location', vid })],
    ]);
  });

  test('goes on where the former owner’s ended', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    await publish(vid);
    await desk.handOver(vid, owner, buyer);
    await expectRefusal(consortium, 'EPOCH_INVALID', () => publish(vid, {}, buyer));
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () => publish(vid, { epoch: 2 }));
    const { answer } = await publish(vid, { epoch: 2 }, buyer);
    expect(answer).toMatchObject({ epoch: 2, ownerEpoch: 2 });
  });

  test('sorts by its number, not by its digits', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    for (let epoch = 1; epoch <= 11; epoch += 1) await publish(vid, { epoch });
    expect(await newestKeys(vid)).toMatchObject([{ epoch: 11 }]);
  });

  test.each([
    ['the epoch after the next', 'EPOCH_INVALID', { epoch: 2 }],
    ['epoch 0', 'COMMAND_MALFORMED', { epoch: 0 }],
    ['a suite that is not allowed', 'SUITE_NOT_ALLOWED', { suite: 2 }],
    ['a class that there is not', 'FIELD_CLASS_UNKNOWN', { fieldClass: 'everything' }],
    ['a key with its secret', 'COMMAND_MALFORMED', { key: { ...makeKey().jwk, d: 'secret' } }],
    ['a short coordinate', 'PUBLIC_KEY_INVALID', { key: { ...makeKey().jwk, x: 'AAAA' } }],
    [
      'a point off the curve',
      'PUBLIC_KEY_INVALID',
      { key: { ...makeKey().jwk, y: 'A'.repeat(43) } },
    ],
  ] as const)('of %s is refused', async (_, code, changes) => {
    const vid = await consortium.register({ owner: owner.keyId });
    await expectRefusal(consortium, code, () => publish(vid, changes));
    expect(await newestKeys(vid)).toEqual([]);
  });

  test('of one epoch is published once, though two were endorsed', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const endorse = async () => {
      const command = await desk.sign(owner, 'Consent:publishClassKey', vid, classKey());
      return consortium.endorse('GarageMSP', 'Consent', 'publishClassKey', { command });
    };
    const [one, other] = [await endorse(), await endorse()];
    expect([one.commit(), other.commit()]).toEqual([true, false]);
    expect(await newestKeys(vid)).toEqual([one.answer]);
  });
});
