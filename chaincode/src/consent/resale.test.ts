import type { Ownership } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { TestConsortium } from '../testing/test-consortium.ts';
import type { Effects } from '../testing/test-ledger.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealingKey, terms } from './testing/owner-desk.ts';

const GRANTS = 1_000;
const AT_ONCE = 50;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const owner = makeKey();
const buyer = makeKey();
const handOver = keyWrap('H');
const nextKeys = [sealingKey({ epoch: 2 }), sealingKey({ scope: 'energy', epoch: 2 })];

function registered(): Promise<string> {
  const keys = [sealingKey(), sealingKey({ scope: 'energy' })];
  return consortium.register({ owner: owner.keyId, keys });
}

async function grantMany(vid: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const commands = await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        desk.sign(owner, 'Consent:grant', vid, { ...terms, wrap: keyWrap() }),
      ),
    );
    await consortium.submit('GarageMSP', 'Consent', 'relay', { commands });
  }
}

/** What a transaction read and wrote of a vehicle; ids are `#`. */
function setsOf({ reads, ranges, writes }: Effects): object {
  const nameless = (key: string): string =>
    key.replaceAll(/nonce-\w+-of-an-owner|command-\d+/g, '#');
  return {
    reads: reads.map(nameless).sort(),
    ranges,
    writes: writes.map(([key]) => nameless(key)).sort(),
  };
}

describe('a resale', () => {
  test('with 1,000 grants is one transaction that reads and writes no more than with none', async () => {
    const [none, many] = [await registered(), await registered()];
    await grantMany(many, GRANTS);
    expect(await desk.ask('readGrants', many)).toHaveLength(GRANTS);
    const more = { seller: { handOver }, buyer: { keys: nextKeys } };
    for (const vid of [none, many]) {
      const { effects } = await desk.handOver(vid, owner, buyer, more);
      expect(setsOf(effects)).toEqual({
        reads: [
          'command|GarageMSP|#',
          `command|${owner.keyId}|#`,
          `command|${buyer.keyId}|#`,
          `key-epochs|${vid}`,
          `life|${vid}`,
          'member|GarageMSP',
          `owner|${vid}`,
          'parameter|privacy.suites',
        ].sort(),
        ranges: [],
        writes: [
          'command|GarageMSP|#',
          `command|${owner.keyId}|#`,
          `command|${buyer.keyId}|#`,
          `key-epochs|${vid}`,
          `life|${vid}`,
          `owner|${vid}`,
          `ownership|${vid}|00000002`,
          `sealing-keys|${vid}|00000002`,
        ].sort(),
      });
      expect(effects.events.map(([name]) => name)).toEqual(['OwnershipTransferred']);
    }
    expect(await desk.ask('readGrants', many)).toEqual([]);
    expect(await desk.readsBy(many, 'usage')).toBeNull();
  });

  test('hands keys of the history over, and begins with the buyer’s', async () => {
    const vid = await registered();
    await desk.handOver(vid, owner, buyer, { seller: { handOver }, buyer: { keys: nextKeys } });
    const ownership = await desk.ask<Ownership>('readOwnership', vid);
    expect(ownership).toMatchObject({ owner: buyer.keyId, ownerEpoch: 2, handOver });
    expect(await desk.ask('readSealingKeys', vid)).toMatchObject([
      { scope: 'usage', epoch: 2, ownerEpoch: 2 },
      { scope: 'energy', epoch: 2, ownerEpoch: 2 },
    ]);
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => desk.recordSealed(vid, 1));
    await expectRefusal(consortium, 'EPOCH_CLOSED', () => desk.recordSealed(vid, 1, 'energy'));
    await desk.recordSealed(vid, 2);
  });

  test('hands over the keys of fourteen years and nothing without end', async () => {
    const vid = await registered();
    const long = (length: number) => ({ ...handOver, keys: 'H'.repeat(length) });
    await expectRefusal(consortium, 'SEALED_FIELD_INVALID', () =>
      desk.handOver(vid, owner, buyer, { seller: { handOver: long(24_001) } }),
    );
    await desk.handOver(vid, owner, buyer, { seller: { handOver: long(24_000) } });
  });

  test('is refused as a whole for keys that are not the next', async () => {
    const vid = await registered();
    await expectRefusal(consortium, 'EPOCH_INVALID', () =>
      desk.handOver(vid, owner, buyer, { buyer: { keys: [sealingKey()] } }),
    );
    await expectRefusal(consortium, 'COMMAND_MALFORMED', () =>
      desk.handOver(vid, owner, buyer, { seller: { keys: nextKeys } }),
    );
    await desk.recordSealed(vid, 1);
  });

  test('of a wreck does not happen, and its keys stay', async () => {
    const vid = await registered();
    for (const act of ['appraise', 'declareWreck']) {
      await consortium.submit('InsurerMSP', 'Passport', act, {
        source: 'InsurerMSP/main',
        event: { id: desk.nonce(), vid, at: '2026-11-01', method: 'expert' },
      });
    }
    const more = { seller: { handOver }, buyer: { keys: nextKeys } };
    await expectRefusal(consortium, 'VEHICLE_NOT_TRANSFERABLE', () =>
      desk.handOver(vid, owner, buyer, more),
    );
    expect(await desk.ask('readSealingKeys', vid)).toHaveLength(2);
    // Nor by way of its owner's erasure.
    await desk.erase(owner, vid, 1);
    await expectRefusal(consortium, 'VEHICLE_NOT_TRANSFERABLE', () =>
      consortium.submit('MakerMSP', 'Passport', 'assignOwner', { vid, owner: buyer.keyId }),
    );
  });

  test('of a vehicle without keys leaves the life cycle alone', async () => {
    const vid = await consortium.register({ owner: owner.keyId });
    const { effects } = await desk.handOver(vid, owner, buyer);
    expect(effects.writes.map(([key]) => key)).not.toContain(`life|${vid}`);
  });
});
