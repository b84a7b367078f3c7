import { randomBytes } from 'node:crypto';

import { OwnerDesk, ResaleDesk, Wallet } from '@passport/ledger-client';
import { type KeyId, parseDay, type Vid } from '@passport/model';

import type { LedgerNetwork } from '../ledger/ledger-network.ts';

/** What is sealed is not opened here; the ledger's name is bound to keys, and no one looks at it. */
const LEDGER = 'fabric:00000000000000000000000000000000';

/** Somebody with a wallet. */
export type Person = {
  readonly keyId: KeyId;
  readonly desk: OwnerDesk;
  readonly resale: ResaleDesk;
};

/** Makes one. The wallet is gone with the process: its passphrase need not be slow to guess. */
export async function makePerson({ channel }: LedgerNetwork['fixture']): Promise<Person> {
  let text: string | undefined;
  const store = {
    read: async () => text,
    replace: async (before: string | undefined, written: string) => {
      if (text !== before) return false;
      text = written;
      return true;
    },
  };
  const quick = { stretch: async () => new Uint8Array(32), cost: { N: 1024, r: 8, p: 1 } };
  const wallet = await Wallet.create({ store, random: randomBytes, ...quick }, 'nobody');
  const options = { wallet, ledger: LEDGER, channel, random: randomBytes, now: () => new Date() };
  const desk = new OwnerDesk(options);
  return { keyId: await desk.makeSigner(), desk, resale: new ResaleDesk(options) };
}

/** A vehicle whose owner has published keys, and the owner. */
export async function ownedVehicle(
  fixture: LedgerNetwork['fixture'],
): Promise<Person & { readonly vid: Vid }> {
  const person = await makePerson(fixture);
  const { desk, keyId: owner } = person;
  const vid = fixture.newVid();
  await desk.enrol(vid, owner);
  const keys = await desk.firstKeys(vid);
  const { user, source } = fixture.members.MakerMSP;
  const vehicle = { ticket: await fixture.ticket(vid), day: parseDay('2020-01-15'), owner, keys };
  await user.passport.registerVehicles({
    commandId: fixture.commandId(),
    ...{ source, vehicles: [vehicle] },
  });
  return { vid, ...person };
}
