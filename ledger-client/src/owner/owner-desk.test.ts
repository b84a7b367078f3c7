import { randomBytes } from 'node:crypto';

import {
  type Grant,
  grantTemplates,
  instantOf,
  KEY_EPOCH_MAX,
  type KeyScope,
  keyScopes,
  parseMspId,
  type PublicKey,
  type SealingKey,
  scopesOf,
  type SignedCommand,
} from '@passport/model';
import {
  isKeyOf,
  openKeys,
  publicKeyOfScalar,
  SCALAR_BYTES,
  type ScopeKey,
} from '@passport/privacy';
import { beforeAll, describe, expect, test } from 'vitest';

import { openGrant } from '../key-ring/open-grant.ts';
import { keyIdOf } from '../signing/key-id.ts';
import { claimsOf, ownedCar, start, startMs, vid } from '../testing/owned-car.ts';
import { makePerson, testLedger, type TestPerson } from '../testing/test-person.ts';
import { termsOf } from './grant-terms.ts';
import { ownedKeys } from './owner-keys.ts';
import type { OwnerView } from './owner-view.ts';
import { newestEpochs } from './owner-view.ts';
import { planEpochs } from './plan-epochs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => instantOf(startMs + days * DAY_MS);
const grantee = { mspId: parseMspId('GarageMSP') };

/** A reader with a key in memory, as a ring would have it. */
const scalar = randomBytes(SCALAR_BYTES).fill(1, 0, 2);
const readerKey: PublicKey = publicKeyOfScalar(scalar);
const readerId = await keyIdOf(readerKey);
const ring = {
  find: (id: string) =>
    Promise.resolve(
      id === readerId ? { keyId: readerId, vid, publicKey: readerKey, scalar } : undefined,
    ),
};

let owner: TestPerson;
let view: OwnerView;
beforeAll(async () => {
  ({ owner, view } = await ownedCar());
});

/** A grant as the ledger makes it of a command. */
function grantOf(command: SignedCommand | undefined): Grant {
  const { jti, args } = claimsOf(command);
  const terms = args as unknown as Grant & { readonly wrap: Grant['wraps'][number] };
  return {
    ...terms,
    ...{ grantId: jti, vid, owner: owner.signer, ownerEpoch: 1, notBefore: start },
    ...{ queriesMax: null, document: null, revokedAt: null, retracts: false, wraps: [terms.wrap] },
  };
}

function epochsOf(keys: readonly ScopeKey[], of: KeyScope): number[] {
  return keys.filter(({ scope }) => scope === of).map(({ epoch }) => epoch);
}

describe('the keys of an owner', () => {
  test('are planned ahead, quarters for two years, and derive from the wallet alone', async () => {
    expect(planEpochs(start)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => inDays(n * 91)));
    expect(planEpochs(start, { periods: 2, days: 7 })).toEqual([start, inDays(7)]);
    expect(view.keys).toHaveLength(keyScopes.length * 8);
    expect((await owner.desk.firstKeys(vid))[5]?.key).toEqual(view.keys[5]?.key);
  });

  test('go on behind the newest of any owner', () => {
    const newest = newestEpochs({ ...view, closed: { usage: 12, location: 3 } });
    expect([newest.get('usage'), newest.get('location')]).toEqual([12, 8]);
    expect(newestEpochs({ keys: [], closed: { driving: 4 } })).toEqual(new Map([['driving', 4]]));
  });
});

describe('the epochs of a scope', () => {
  const at = (epoch: number): OwnerView => ({ ...view, closed: { ...view.closed, usage: epoch } });
  const keysIn = (command?: SignedCommand) =>
    (claimsOf(command).args as { readonly keys: readonly SealingKey[] }).keys;

  test('come to an end: the last keys are published, and then there are no more', async () => {
    const last = await owner.desk.publish(at(KEY_EPOCH_MAX - 1), ['usage']);
    expect(keysIn(last.at(-1)).map(({ epoch }) => epoch)).toEqual([KEY_EPOCH_MAX]);
    const spent = at(KEY_EPOCH_MAX);
    await expect(owner.desk.publish(spent, ['usage', 'energy'])).rejects.toThrow(
      /^EPOCHS_SPENT: usage had 65535 keys/,
    );
    // The other scopes go on.
    expect(keysIn((await owner.desk.publish(spent, ['energy'])).at(-1))).not.toEqual([]);
  });

  test('being used up keeps nobody from ending a grant', async () => {
    const terms = { ...termsOf('garage-visit', start), classes: ['usage'] as const };
    const grant = {
      ...{
        grantId: 'grant-of-usage',
        grantee,
        ...terms,
        wraps: [{ readerKey: readerId, keys: '' }],
      },
      ...{ ownerEpoch: 1, revokedAt: null },
    } as unknown as Grant;
    const spent = { ...at(KEY_EPOCH_MAX), grants: [grant] };
    const [command] = await owner.desk.revoke(spent, 'grant-of-usage');
    // The field that is sealed by itself has epochs of its own, which go on.
    expect(keysIn(command).every(({ scope }) => scope === 'Vehicle.TripMeterReading')).toBe(true);
  });
});

describe('a grant', () => {
  test('of the past brings the keys of its scopes up to its end, and opens what they say', async () => {
    const terms = termsOf('garage-visit', start);
    expect(terms.expiresAt).toBe(inDays(grantTemplates['garage-visit'].days));
    const { commands, grantId } = await owner.desk.grant(view, { grantee, readerKey }, terms);
    expect(commands).toHaveLength(1);
    const grant = grantOf(commands[0]);
    expect(grant.grantId).toBe(grantId);
    const keys = await openGrant(ring, testLedger, grant);
    expect(keys.map(({ scope, epoch }) => [scope, epoch])).toEqual([['maintenance', 1]]);
    const published = view.keys.find(({ scope }) => scope === 'maintenance');
    if (published === undefined || keys[0] === undefined) throw new Error('no key');
    expect(isKeyOf(keys[0].scalar, published.key)).toBe(true);
  });

  test.each(Object.keys(grantTemplates) as (keyof typeof grantTemplates)[])(
    'by the template %s opens the scopes that the schema says, and no epoch behind its end',
    async (name) => {
      const terms = termsOf(name, start);
      const { commands } = await owner.desk.grant(view, { grantee, readerKey }, terms);
      const keys = await openGrant(ring, testLedger, grantOf(commands.at(-1)));
      const scopes = scopesOf(grantTemplates[name]);
      expect(new Set(keys.map(({ scope }) => scope))).toEqual(new Set(scopes));
      const quarters = Math.ceil(grantTemplates[name].days / 91);
      for (const scope of scopes) {
        const first = terms.includesPast ? 1 : 9;
        const all = Array.from({ length: quarters }, (_, index) => first + index);
        expect(epochsOf(keys, scope)).toEqual(all);
      }
    },
  );

  test('that does not open the past begins with new keys, which others get first', async () => {
    const past = termsOf('market-research', start);
    const other = await owner.desk.grant(view, { grantee, readerKey }, past);
    const standing = { ...view, grants: [grantOf(other.commands[0])] };
    const terms = termsOf('pay-as-you-drive', start);
    const { commands } = await owner.desk.grant(standing, { grantee, readerKey }, terms);
    expect(commands.map((command) => claimsOf(command).fn)).toEqual([
      'Consent:rewrap',
      'Consent:publishSealingKeys',
      'Consent:grant',
    ]);
    const { keys } = claimsOf(commands[1]).args as { keys: { scope: string; epoch: number }[] };
    expect(keys.map(({ scope, epoch }) => [scope, epoch])).toEqual(
      [9, 10, 11, 12, 13, 14, 15, 16].map((epoch) => ['Vehicle.TripMeterReading', epoch]),
    );
  });

  test('opens for its reader only, and what is no wrap halts nobody', async () => {
    const { commands } = await owner.desk.grant(
      view,
      { grantee, readerKey },
      termsOf('garage-visit', start),
    );
    const grant = grantOf(commands[0]);
    const stranger = { find: () => Promise.resolve(undefined) };
    expect(await openGrant(stranger, testLedger, grant)).toEqual([]);
    for (const changes of [{ grantId: 'nonce-of-another' }, { ownerEpoch: 2 }]) {
      expect(await openGrant(ring, testLedger, { ...grant, ...changes })).toEqual([]);
    }
    expect(await openGrant(ring, 'fabric:0', grant)).toEqual([]);
    const junk = { readerKey: readerId, keys: 'A'.repeat(200) };
    const wraps = [junk, ...grant.wraps];
    expect(await openGrant(ring, testLedger, { ...grant, wraps })).toHaveLength(1);
  });
});

describe('a revocation', () => {
  test('brings the next keys of what was open, and the grants that go on get theirs', async () => {
    const grants: Grant[] = [];
    for (let index = 0; index < 11; index += 1) {
      const terms = termsOf('garage-visit', start);
      const { commands } = await owner.desk.grant(view, { grantee, readerKey }, terms);
      grants.push(grantOf(commands[0]));
    }
    const [ended, expired, ...others] = grants;
    if (ended === undefined || expired === undefined) throw new Error('no grants');
    const all = [ended, { ...expired, expiresAt: start }, ...others];
    const [first, rest, ...more] = await owner.desk.revoke(
      { ...view, grants: all },
      ended.grantId,
      { retracts: true },
    );
    type Rewraps = { grantId: string; wrap: Grant['wraps'][number] }[];
    const args = claimsOf(first).args as { keys: SealingKey[]; rewraps: Rewraps; retracts: true };
    expect(args.retracts).toBe(true);
    expect(args.keys.map(({ scope, epoch }) => [scope, epoch])).toEqual(
      [9, 10, 11, 12, 13, 14, 15, 16].map((epoch) => ['maintenance', epoch]),
    );
    // Eight in the command itself, the ninth after it; neither the ended one nor the expired one.
    const { grants: later } = claimsOf(rest).args as { grants: Rewraps };
    expect(more).toEqual([]);
    const given = [...args.rewraps, ...later];
    expect(given.map(({ grantId }) => grantId)).toEqual(others.map(({ grantId }) => grantId));
    const [{ wrap, grantId } = { wrap: ended.wraps[0], grantId: '' }] = given;
    if (wrap === undefined) throw new Error('no wrap');
    const context = { ledger: testLedger, vid, ownerEpoch: 1, purpose: 'grant' } as const;
    const keys = await openKeys(scalar, wrap.keys, { ...context, id: grantId });
    expect(epochsOf(keys, 'maintenance')).toEqual([9]);
  });

  test('leaves the owner the keys that something can have been sealed to, and no others', async () => {
    const terms = termsOf('garage-visit', start);
    const { commands } = await owner.desk.grant(view, { grantee, readerKey }, terms);
    const grant = grantOf(commands[0]);
    const { args } = claimsOf(
      (await owner.desk.revoke({ ...view, grants: [grant] }, grant.grantId))[0],
    );
    const next = (args['keys'] as SealingKey[]).map((key) => ({ ...key, vid, ownerEpoch: 1 }));
    const isWork = ({ scope }: SealingKey): boolean => scope === 'maintenance';
    // The ledger hands out open keys only.
    const keys = [...view.keys.filter((key) => !isWork(key)), ...next];
    const after = { ...view, keys, closed: { maintenance: 8 } };
    const owned = ownedKeys(owner.wallet, after).filter(({ scope }) => scope === 'maintenance');
    expect(owned.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual([
      1, 9, 10, 11, 12, 13, 14, 15, 16,
    ]);
    // Had the command not been relayed, all of the first eight would count.
    const before = ownedKeys(owner.wallet, view).filter(({ scope }) => scope === 'maintenance');
    expect(before.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('goes on where another copy of the wallet has made a grant, which gets no further keys', async () => {
    const terms = termsOf('garage-visit', start);
    const elsewhere = grantOf(
      (await owner.desk.grant(view, { grantee, readerKey }, terms)).commands[0],
    );
    // As this copy of the wallet has it: the other grant was made after it had been taken.
    await owner.wallet.changeVehicle(vid, (vehicle) => ({ ...vehicle, grants: [] }));
    const mine = grantOf((await owner.desk.grant(view, { grantee, readerKey }, terms)).commands[0]);
    const both = { ...view, grants: [elsewhere, mine] };
    const [command, ...more] = await owner.desk.revoke(both, mine.grantId);
    const { rewraps } = claimsOf(command).args as { rewraps: unknown[] };
    expect([rewraps, more]).toEqual([[], []]);
  });

  test('of what is not there is refused', async () => {
    await expect(owner.desk.revoke(view, 'nothing')).rejects.toThrow(/^GRANT_UNKNOWN: /);
    const { commands } = await owner.desk.grant(
      view,
      { grantee, readerKey },
      termsOf('claim', start),
    );
    const stranger = await makePerson();
    await stranger.desk.enrol(vid, stranger.signer);
    const seen = { ...view, grants: [grantOf(commands[0])] };
    const [{ grantId } = { grantId: '' }] = seen.grants;
    await expect(stranger.desk.rewrap(seen, grantId)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
  });
});

test('an erasure is signed first, and takes the keys when it is on the ledger', async () => {
  const person = await makePerson();
  await person.desk.enrol(vid, person.signer);
  await person.desk.firstKeys(vid);
  const command = await person.desk.erase(vid, 1);
  expect(claimsOf(command)).toMatchObject({ fn: 'Consent:erase', args: { ownerEpoch: 1 } });
  expect(person.wallet.vehicle(vid).rootKeys).toHaveLength(1);
  await person.desk.finishErasure(vid, 1);
  expect(person.wallet.vehicle(vid).rootKeys).toEqual([]);
  await expect(person.desk.firstKeys(vid)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
});
