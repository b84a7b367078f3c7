import { KeyRing } from '@passport/ledger-client';
import { parseInstant, vidOfBytes } from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import { expect, test } from 'vitest';

import { ringKeys } from './ring-keys.ts';

const at = parseInstant('2026-11-28T12:00:00.000Z');

test('a key reads the vehicle that it was made for, and goes with no other', async () => {
  const folder = await temporaryFolder('ring-keys');
  try {
    const ring = await KeyRing.open(folder.path);
    const [mine, other] = [vidOfBytes(Buffer.alloc(16, 1)), vidOfBytes(Buffer.alloc(16, 2))];
    const key = await ring.make(mine);
    const keys = ringKeys(ring);
    expect(await keys.find(mine, key.keyId)).toEqual(key.scalar);
    expect(await keys.find(other, key.keyId)).toBeUndefined();
    // An owner can name any key in a grant: an erasure takes nobody else's away.
    await keys.destroy(other, [key.keyId], at);
    expect(await keys.find(mine, key.keyId)).toEqual(key.scalar);
    await keys.destroy(mine, [key.keyId], at);
    expect(await keys.find(mine, key.keyId)).toBeUndefined();
  } finally {
    await folder.remove();
  }
});
