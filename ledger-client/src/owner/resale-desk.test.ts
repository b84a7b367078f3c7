import { type Grant, keyScopes, parseCommandId } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { claimsOf, ownedCar, vid } from '../testing/owned-car.ts';
import { makePerson } from '../testing/test-person.ts';
import { carScopes } from './resale-desk.ts';

describe('a hand-over', () => {
  const id = parseCommandId('nonce-of-the-sale');

  test('carries the scopes of the car whose time has come, unless the seller says more', async () => {
    expect(carScopes).toEqual([
      'maintenance',
      'incident',
      'ownership',
      'Passport.Incident.Severity',
    ]);
    const { owner, view } = await ownedCar();
    const buyer = await makePerson();
    const wanted = await buyer.resale.prepareToBuy(vid, buyer.signer);
    const usual = await owner.resale.handOver(view, wanted, { id });
    await buyer.resale.takeOver(view, usual.id);
    const { handOver } = claimsOf(usual.seller).args as { handOver: Grant['wraps'][number] };
    const sold = {
      ...view,
      keys: [],
      ownership: { ...view.ownership, owner: buyer.signer, ownerEpoch: 2, handOver },
    };
    const stranger = await makePerson();
    await stranger.resale.prepareToBuy(vid, stranger.signer);
    await stranger.resale.takeOver(view, id);
    await expect(stranger.resale.openHandOver(sold)).rejects.toThrow(/^SEAL_BROKEN: /);
    expect(await buyer.resale.openHandOver(sold)).toBe(4);
    const { received, purchase } = buyer.wallet.vehicle(vid);
    expect(received.map(({ scope, epoch }) => [scope, epoch])).toEqual(
      carScopes.map((scope) => [scope, 1]),
    );
    expect(purchase).toBeUndefined();
    const more = await owner.resale.handOver(view, wanted, { scopes: keyScopes });
    expect(more.seller.length).toBeGreaterThan(usual.seller.length);
  });

  test('is signed by nobody who has not prepared it', async () => {
    const { view } = await ownedCar();
    const buyer = await makePerson();
    await expect(buyer.resale.takeOver(view, id)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
    await buyer.desk.enrol(vid, buyer.signer);
    await expect(buyer.resale.takeOver(view, id)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
  });
});
