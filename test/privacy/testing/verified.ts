import { type BlockStream, LedgerHistory, type Verdict, verify } from '@passport/client';
import { Market } from '@passport/oracle';
import { CHAINCODE, MARKET } from '@passport/sandbox';
import { describe, expect, test } from 'vitest';

import { ringOf } from './consent.ts';
import type { World } from './start-world.ts';

const TEST_MS = 240_000;
const BLOCK_WAIT_MS = 20_000;

/** Answers of the API are what anybody makes of the blocks who has the market's keys, and no others. */
export function verified(theWorld: () => World): void {
  describe('passport verify, after all of it', { timeout: TEST_MS }, () => {
    test.each([
      ['finds every answer exact with the market’s reader keys', true],
      ['finds answers that it cannot make without them', false],
    ])('%s', async (_, hasKeys) => {
      const world = theWorld();
      const { network } = world.members.BankMSP.ledger;
      const open = (): Promise<BlockStream> => network.getBlockEvents({ startBlock: 0n });
      const market = hasKeys ? await marketOf(world) : undefined;
      const ledger = new LedgerHistory(open, CHAINCODE, BLOCK_WAIT_MS, market);
      const differ: Verdict[] = [];
      let same = 0;
      try {
        for await (const verdict of verify({ api: world.pipeline.url, ledger })) {
          if ('skipped' in verdict) continue;
          if (verdict.difference === undefined) same += 1;
          else differ.push(verdict);
          // One is enough to tell; each waits for an erasure that could excuse it.
          if (!hasKeys && differ.length > 0) break;
        }
      } finally {
        ledger.close();
      }
      // What was released before an owner erased stays as it left, and nobody can recompute it: it must say so.
      const unexcused = differ.filter(({ erasedAt }) => erasedAt === undefined);
      if (hasKeys) expect(unexcused).toEqual([]);
      else expect(differ).not.toEqual([]);
      expect(same).toBeGreaterThan(hasKeys ? 50 : 0);
    });
  });
}

async function marketOf(world: World): Promise<Market> {
  const keys = await (await ringOf(world, MARKET)).list();
  return new Market(
    MARKET,
    keys.map(({ vid, publicKey: { x, y }, scalar }) => {
      return { vid, x, y, d: Buffer.from(scalar).toString('base64url') };
    }),
  );
}
