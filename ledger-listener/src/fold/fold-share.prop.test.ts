import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isOfShare } from './fold-share.ts';
import { fold } from './testing/both-readings.ts';
import { randomActs } from './testing/random-acts.ts';
import { ledgerOf } from './testing/random-ledger.ts';

const PARTITIONS = 4;
const TIMEOUT_MS = 240_000;

test(
  'shares come to what one fold comes to, each to its own partitions, and number lines as it does',
  async () => {
    await fc.assert(
      fc.asyncProperty(randomActs, fc.integer({ min: 2, max: 3 }), async (acts, of) => {
        const ledger = ledgerOf(acts);
        const whole = await fold(ledger, PARTITIONS);
        for (let index = 0; index < of; index += 1) {
          const share = { index, of };
          const own = await fold(ledger, PARTITIONS, share);
          for (const [number, block] of whole.entries()) {
            const parts = block.parts.map((part, partition) =>
              isOfShare(share, partition) ? part : { ...part, rows: [], facts: [] },
            );
            expect(own[number]).toEqual({
              ...{ ledgerTimeMs: block.ledgerTimeMs, events: block.events, parts },
              erasures: own[number]?.erasures,
            });
          }
        }
      }),
      { numRuns: 40 },
    );
  },
  TIMEOUT_MS,
);
