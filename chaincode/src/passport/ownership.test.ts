import { COMMAND_TYPE, type Vehicle } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey, signJws, type TestKey } from '../testing/test-users.ts';

const FUNCTION = 'Passport:transferOwnership';

let consortium: TestConsortium;
beforeAll(async () => {
  consortium = await TestConsortium.found();
});

const seller = makeKey();
const buyer = makeKey();

let nonces = 0;
function nonce(): string {
  nonces += 1;
  return `nonce-${nonces}-of-hand-over`;
}

function sign(key: TestKey, vid: string, jti: string, args: object, changes: object = {}) {
  const exp = Math.floor(consortium.ledger.now().getTime() / 1000) + 600;
  const claims = { iss: key.keyId, aud: 'passport', fn: FUNCTION, sub: vid, jti, exp, args };
  return signJws(key, COMMAND_TYPE, { ...claims, ...changes });
}

async function handOver(vid: string, from: TestKey, to: TestKey, jti = nonce()) {
  const request = {
    seller: await sign(from, vid, jti, { to: to.keyId }),
    buyer: await sign(to, vid, jti, { from: from.keyId }),
  };
  return consortium.submit('GarageMSP', 'Passport', 'transferOwnership', request);
}

async function ownerOf(vid: string) {
  return ((await consortium.evaluate('Passport', 'readVehicle', { vid })) as Vehicle).owner;
}

async function wreck(vid: string): Promise<void> {
  const act = (name: string) =>
    consortium.submit('InsurerMSP', 'Passport', name, {
      source: 'InsurerMSP/main',
      event: { id: `${name}-${vid}`, vid, at: '2026-11-01', method: 'expert' },
    });
  await act('appraise');
  await act('declareWreck');
}

describe('handing a vehicle over', () => {
  test('seller and buyer sign, any member relays, the owner epoch moves', async () => {
    const vid = await consortium.register({ owner: seller.keyId });
    const { answer, effects } = await handOver(vid, seller, buyer);
    expect(answer).toEqual({ vid, ownerEpoch: 2 });
    expect(await ownerOf(vid)).toEqual({ keyId: buyer.keyId, ownerEpoch: 2 });
    const written = effects.writes.map(([key]) => key.split('|').slice(0, 2).join('|'));
    expect(written.filter((key) => key.endsWith(vid)).sort()).toEqual([
      `ownership|${vid}`,
      `owner|${vid}`,
    ]);
  });

  test('relayed twice, by different members, it happens once', async () => {
    const vid = await consortium.register({ owner: seller.keyId });
    const jti = nonce();
    const request = {
      seller: await sign(seller, vid, jti, { to: buyer.keyId }),
      buyer: await sign(buyer, vid, jti, { from: seller.keyId }),
    };
    const first = await consortium.submit('GarageMSP', 'Passport', 'transferOwnership', request);
    const again = await consortium.submit('InsurerMSP', 'Passport', 'transferOwnership', request);
    expect(again.answer).toEqual(first.answer);
    expect(await ownerOf(vid)).toEqual({ keyId: buyer.keyId, ownerEpoch: 2 });
  });

  test('a nonce that was used for another hand-over is refused', async () => {
    const [one, other] = [
      await consortium.register({ owner: seller.keyId }),
      await consortium.register({ owner: seller.keyId }),
    ];
    const jti = nonce();
    await handOver(one, seller, buyer, jti);
    await expectRefusal(consortium, 'COMMAND_REPLAYED', () => handOver(other, seller, buyer, jti));
  });

  test('a wreck cannot change hands, nor before another expert has lifted it', async () => {
    const vid = await consortium.register({ owner: seller.keyId });
    await wreck(vid);
    await expectRefusal(consortium, 'VEHICLE_NOT_TRANSFERABLE', () => handOver(vid, seller, buyer));
    await consortium.submit('GarageMSP', 'Passport', 'recordRepair', {
      source: 'GarageMSP/main',
      event: { id: 'repair', vid, at: '2026-11-02', method: 'professional' },
    });
    await expectRefusal(consortium, 'VEHICLE_NOT_TRANSFERABLE', () => handOver(vid, seller, buyer));
    await consortium.submit('InspectionMSP', 'Passport', 'liftWreck', {
      source: 'InspectionMSP/main',
      event: { id: 'lifted', vid, at: '2026-11-03', method: 'expert' },
    });
    await expect(handOver(vid, seller, buyer)).resolves.toBeDefined();
  });

  test('only the owner sells, and only to who signs', async () => {
    const vid = await consortium.register({ owner: seller.keyId });
    await expectRefusal(consortium, 'COMMAND_SIGNER_FOREIGN', () =>
      handOver(vid, buyer, makeKey()),
    );
    const jti = nonce();
    const [asked, other] = [makeKey(), makeKey()];
    const request = {
      seller: await sign(seller, vid, jti, { to: asked.keyId }),
      buyer: await sign(other, vid, jti, { from: seller.keyId }),
    };
    await expectRefusal(consortium, 'COMMAND_TARGET_WRONG', () =>
      consortium.submit('GarageMSP', 'Passport', 'transferOwnership', request),
    );
  });

  test.each([
    ['for another channel', 'COMMAND_TARGET_WRONG', { aud: 'other' }],
    ['for another function', 'COMMAND_TARGET_WRONG', { fn: 'Consent:grant' }],
    ['expired', 'COMMAND_EXPIRED', { exp: 1_700_000_000 }],
    ['for longer than a day', 'EXPIRY_INVALID', { exp: 2_000_000_000 }],
    ['in the name of another key', 'COMMAND_SIGNER_FOREIGN', { iss: makeKey().keyId }],
    ['without a nonce', 'COMMAND_ID_INVALID', { jti: '' }],
    ['with other arguments', 'COMMAND_MALFORMED', { args: { to: buyer.keyId, price: 1 } }],
  ] as const)('a command %s is refused', async (_, code, changes) => {
    const vid = await consortium.register({ owner: seller.keyId });
    const jti = nonce();
    const request = {
      seller: await sign(seller, vid, jti, { to: buyer.keyId }, changes),
      buyer: await sign(buyer, vid, jti, { from: seller.keyId }),
    };
    await expectRefusal(consortium, code, () =>
      consortium.submit('GarageMSP', 'Passport', 'transferOwnership', request),
    );
  });
});

describe('the first owner', () => {
  test('is named by the member that registered the vehicle, once', async () => {
    const vid = await consortium.register();
    const request = { vid, owner: seller.keyId };
    await expectRefusal(consortium, 'ROLE_MISSING', () =>
      consortium.submit('GarageMSP', 'Passport', 'assignOwner', request),
    );
    await consortium.submit('MakerMSP', 'Passport', 'assignOwner', request);
    expect(await ownerOf(vid)).toEqual({ keyId: seller.keyId, ownerEpoch: 1 });
    await expectRefusal(consortium, 'OWNER_KNOWN', () =>
      consortium.submit('MakerMSP', 'Passport', 'assignOwner', request),
    );
  });

  test('there is none to sell a vehicle that has none', async () => {
    const vid = await consortium.register();
    await expectRefusal(consortium, 'OWNER_UNKNOWN', () => handOver(vid, seller, buyer));
  });
});
