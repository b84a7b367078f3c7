import { generateSigningKey } from '@passport/ledger-client';
import { amountOf, parseCommandId } from '@passport/model';
import { expect, test } from 'vitest';

import { SessionKeys } from './session-keys.ts';

const EXP = 1_800_000_000;

test('a credential that was read before is refused when it is over, and when a letter of it is changed', async () => {
  const keys = new SessionKeys(Buffer.alloc(32, 1));
  const { keyId: buyer } = await generateSigningKey();
  const session = {
    buyer,
    tab: parseCommandId('tab-1'.padEnd(16, '0')),
    limit: amountOf(5n),
    exp: EXP,
  };
  const credential = keys.issue(session);
  const beforeMs = EXP * 1000 - 1;
  for (let round = 0; round < 2; round += 1) {
    expect(keys.read(credential, beforeMs)).toEqual(session);
    for (let place = 0; place < credential.length; place += 1) {
      const letter = credential[place] === 'A' ? 'B' : 'A';
      const changed = `${credential.slice(0, place)}${letter}${credential.slice(place + 1)}`;
      // The last letter has two bits that say nothing.
      if (place === credential.length - 1) continue;
      expect(() => keys.read(changed, beforeMs)).toThrow(
        expect.objectContaining({ code: 'SESSION_INVALID' }),
      );
    }
    expect(() => keys.read(credential, EXP * 1000)).toThrow(
      expect.objectContaining({ code: 'SESSION_INVALID' }),
    );
  }
});
