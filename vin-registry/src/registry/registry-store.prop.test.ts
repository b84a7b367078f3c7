import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { parse, parseMspId, type Vid, vidOfBytes } from '@passport/model';
import { type VinTag, vinTag } from '@passport/privacy/oprf';
import { temporaryFolder, type TemporaryFolder } from '@passport/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { matchRow } from './match-row.ts';
import { RegistryStore } from './registry-store.ts';

const members = ['GarageMSP', 'MakerMSP', 'InsurerMSP'].map(parseMspId);

/** Tag of a vehicle by one of the keys. */
function tagOf(key: number, vehicle: number): VinTag {
  const output = Buffer.alloc(32, vehicle + 1).toString('base64url');
  return parse(vinTag, `${String(key).repeat(16)}.${output}`);
}

let folder: TemporaryFolder;
let stores = 0;

beforeAll(async () => {
  folder = await temporaryFolder('registry-store');
});

afterAll(() => folder.remove());

function newStore(): { readonly store: RegistryStore; readonly path: string } {
  stores += 1;
  const path = join(folder.path, String(stores));
  return { store: RegistryStore.open(path), path };
}

type Ask = {
  readonly member: number;
  readonly wants: 'vid' | 'registration';
  readonly vehicles: readonly number[];
  readonly keys: readonly number[];
};

async function ask(store: RegistryStore, { member, wants, vehicles, keys }: Ask) {
  const tags = vehicles.map((vehicle) => keys.map((key) => tagOf(key, vehicle)));
  const answers = await store.matchAll(tags, (row, index) => {
    const request = { tags: tags[index] ?? [], wants, commitment: 'c' };
    const asker = { member: members[member] ?? parseMspId('NoMSP'), atMs: 0 };
    const matched = matchRow(row, request, asker, () => vidOfBytes(randomBytes(16)));
    return { row: matched.row, answer: matched };
  });
  return answers.map(({ row, isNew, mayRegister }, index) => ({
    ...{ vehicle: vehicles[index] ?? -1, member, vid: row.vid, isNew, mayRegister },
  }));
}

describe('the table of the registry', () => {
  test('has one vid for a tag, whoever asks at the same time, also after a restart', async () => {
    const anAsk = fc.record({
      member: fc.nat(2),
      wants: fc.constantFrom('vid' as const, 'registration' as const),
      vehicles: fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }),
      // Always the first key: its successor is added while both are in use.
      keys: fc.constantFrom([1], [1, 2]),
    });
    const rounds = fc.array(fc.array(anAsk, { minLength: 1, maxLength: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rounds, async (plan) => {
        const { path, store: first } = newStore();
        let store = first;
        const vids = new Map<number, Vid>();
        const registrars = new Map<number, number>();
        for (const round of plan) {
          const answers = (await Promise.all(round.map((each) => ask(store, each)))).flat();
          for (const { vehicle, vid, member, mayRegister } of answers) {
            expect(vids.get(vehicle) ?? vid).toBe(vid);
            vids.set(vehicle, vid);
            if (!mayRegister) continue;
            expect(registrars.get(vehicle) ?? member).toBe(member);
            registrars.set(vehicle, member);
          }
          const made = answers.filter(({ isNew }) => isNew).map(({ vehicle }) => vehicle);
          expect(new Set(made).size).toBe(made.length);
          await store.close();
          store = RegistryStore.open(path);
        }
        expect(new Set(vids.values()).size).toBe(vids.size);
        await store.close();
      }),
      { numRuns: 25 },
    );
  });

  test('makes exactly one of a hundred first claims at once the claimant', async () => {
    const { store } = newStore();
    const asks = Array.from({ length: 100 }, (_, index) =>
      ask(store, { member: index % 3, wants: 'registration', vehicles: [7], keys: [1] }),
    );
    const answers = (await Promise.all(asks)).flat();
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ vid }) => vid)).size).toBe(1);
    const winners = answers.filter(({ mayRegister }) => mayRegister);
    expect(new Set(winners.map(({ member }) => member)).size).toBe(1);
    expect(store.disputed(10)).toHaveLength(1);
    await store.close();
  });

  test('takes no tag that would join two vehicles, and nothing of the same request', async () => {
    const { store } = newStore();
    const asked = { member: 0, wants: 'vid' as const };
    await ask(store, { ...asked, vehicles: [1, 2], keys: [1] });
    const join = [[tagOf(1, 3)], [tagOf(1, 1), tagOf(1, 2)]];
    const other = [[tagOf(1, 3)], [tagOf(1, 1), tagOf(2, 9), tagOf(1, 4)]];
    await ask(store, { ...asked, vehicles: [5], keys: [2] });
    const ofTwoKeys = [[tagOf(1, 3)], [tagOf(1, 1), tagOf(2, 5)]];
    for (const tags of [join, other, ofTwoKeys]) {
      const refused = store.matchAll(tags, (row, index) => {
        const request = { tags: tags[index] ?? [], wants: 'vid' as const, commitment: 'c' };
        const asker = { member: parseMspId('GarageMSP'), atMs: 0 };
        const matched = matchRow(row, request, asker, () => vidOfBytes(randomBytes(16)));
        return { row: matched.row, answer: matched };
      });
      await expect(refused).rejects.toMatchObject({ code: 'TAG_CONFLICT' });
    }
    const [third] = await ask(store, { ...asked, vehicles: [3], keys: [1] });
    expect(third).toMatchObject({ isNew: true });
    await store.close();
  });
});
