import type { Grant } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealingKey, terms } from './testing/owner-desk.ts';

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const other = makeKey();

function relay(commands: readonly string[]) {
  return consortium.submit('GarageMSP', 'Consent', 'relay', { commands });
}

const sign = (vid: string, name: string, args: object, claims: object = {}, key = owner) =>
  desk.sign(key, `Consent:${name}`, vid, args, claims);
const grantsOf = (vid: string) => desk.ask<Grant[]>('readGrants', vid);

describe('commands that are relayed together', () => {
  test('are executed, those of many owners and kinds, in one transaction', async () => {
    const vids = [
      await consortium.register({ owner: owner.keyId }),
      await consortium.register({ owner: other.keyId }),
      await consortium.register({ owner: owner.keyId }),
    ] as const;
    const [first, second, third] = vids;
    const going = await desk.grant(owner, first, { wrap: keyWrap('A') });
    const ended = await desk.grant(other, second);
    const { answer, effects } = await relay([
      await sign(first, 'rewrap', { grants: [{ grantId: going.grantId, wrap: keyWrap('B') }] }),
      await sign(first, 'grant', { ...terms, classes: ['energy'] }),
      await sign(first, 'grant', { ...terms, classes: ['location'] }),
      await sign(second, 'revoke', { grantId: ended.grantId }, {}, other),
      await sign(third, 'publishSealingKeys', { keys: [sealingKey()] }),
    ]);
    expect(answer).toEqual({ executed: 5 });
    expect(effects.ranges).toEqual([]);
    expect(effects.events.at(-1)).toEqual(['CommandsRelayed', JSON.stringify({ executed: 5 })]);
    expect((await grantsOf(first)).map(({ wraps }) => wraps.length).sort((a, b) => a - b)).toEqual([
      0, 0, 2,
    ]);
    expect(await grantsOf(second)).toMatchObject([{ revokedAt: desk.inMs(0) }]);
    expect(await desk.ask('readSealingKeys', third)).toHaveLength(1);
  });

  test('are executed once, also one by one afterwards', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const command = await sign(vid, 'grant', terms);
    await relay([command]);
    await relay([command]);
    await consortium.submit('InsurerMSP', 'Consent', 'grant', { command });
    expect(await grantsOf(vid)).toHaveLength(1);
  });

  test('are all refused for one, which is named', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const good = () => sign(vid, 'grant', terms);
    const nonce = desk.nonce();
    const keys = { keys: [sealingKey()] };
    const refused = async (code: Parameters<typeof expectRefusal>[1], bad: readonly string[]) => {
      const error = await expectRefusal(consortium, code, async () =>
        relay([await good(), ...bad]),
      );
      expect(error.pointer).toBe(`/commands/${bad.length}`);
    };
    await refused('COMMAND_SIGNER_FOREIGN', [await sign(vid, 'grant', terms, {}, other)]);
    await refused('GRANT_UNKNOWN', [await sign(vid, 'revoke', { grantId: 'no-such-grant' })]);
    await refused('COMMAND_TARGET_WRONG', [await sign(vid, 'erase', { ownerEpoch: 1 })]);
    await refused('COMMAND_TARGET_WRONG', [await sign(vid, 'everything', {})]);
    await refused('COMMAND_TARGET_WRONG', [
      await desk.sign(owner, 'Passport:transferOwnership', vid, { to: other.keyId }),
    ]);
    await refused('COMMAND_TARGET_WRONG', [
      await sign(vid, 'publishSealingKeys', keys),
      await sign(vid, 'publishSealingKeys', { keys: [sealingKey({ epoch: 2 })] }),
    ]);
    await refused('COMMAND_REPLAYED', [
      await sign(vid, 'grant', terms, { jti: nonce }),
      await sign(vid, 'grant', { ...terms, classes: ['location'] }, { jti: nonce }),
    ]);
    const [head, , signature] = (await good()).split('.');
    const claims = Buffer.from('no JSON').toString('base64url');
    await refused('COMMAND_MALFORMED', [`${head}.${claims}.${signature}`]);
    const [, payload] = (await good()).split('.');
    await refused('COMMAND_SIGNATURE_INVALID', [`${head}.${payload}.${signature}`]);
    expect(await grantsOf(vid)).toEqual([]);
  });

  test('are 50 at most', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const many = await Promise.all(Array.from({ length: 51 }, () => sign(vid, 'grant', terms)));
    await expectRefusal(consortium, 'REQUEST_MALFORMED', () => relay(many));
    await expectRefusal(consortium, 'REQUEST_MALFORMED', () => relay([]));
    await relay(many.slice(1));
    expect(await grantsOf(vid)).toHaveLength(50);
  });
});
