import { KeyRing } from '@passport/ledger-client';
import { parseInstant, parseMspId, vidOfBytes } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { HandedOutKeys } from './handed-out-keys.ts';

const vid = vidOfBytes(Buffer.alloc(16, 7));
const mspId = parseMspId('MutualMSP');
let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder('handed-out');
});
afterEach(() => folder.remove());

test('an owner gets one key however often they ask, the next owner another, and none that was destroyed', async () => {
  const ring = await KeyRing.open(folder.path);
  // As a serving API has it: the listener owns the folder.
  const keys = new HandedOutKeys({ mspId, ring: KeyRing.reader(folder.path) });
  const [first] = await Promise.all(Array.from({ length: 8 }, () => keys.keyFor(vid, 1)));
  const next = await keys.keyFor(vid, 2);
  const ids = (await ring.list(vid)).map(({ keyId }) => keyId);
  expect(new Set(ids)).toEqual(new Set([first?.keyId, next.keyId]));
  expect(ids).toHaveLength(2);
  await expect(keys.keyFor(vid, 1)).resolves.toMatchObject({ keyId: first?.keyId });
  await ring.destroy([next.keyId], parseInstant('2026-11-28T12:00:00.000Z'));
  const again = await keys.keyFor(vid, 2);
  expect(again.keyId).not.toBe(next.keyId);
  await expect(ring.find(again.keyId)).resolves.toMatchObject({ vid });
});

test('a disk that is full once does not keep the owner from asking again', async () => {
  const ring = await KeyRing.open(folder.path);
  const outcomes = [new Error('no space left'), undefined];
  const keys = new HandedOutKeys({
    mspId,
    ring: {
      find: (id) => ring.find(id),
      make: async (of) => {
        const failure = outcomes.shift();
        if (failure !== undefined) throw failure;
        return ring.make(of);
      },
    },
  });
  await expect(keys.keyFor(vid, 1)).rejects.toThrow('no space left');
  await expect(keys.keyFor(vid, 1)).resolves.toHaveProperty('publicKey');
});
