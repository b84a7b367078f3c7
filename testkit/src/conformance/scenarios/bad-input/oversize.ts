import { describe, expect, test } from 'vitest';

import { limits } from '../../../harness/consortium.ts';
import { refusalOf } from '../../client/refusal.ts';
import type { CurrentFixture } from '../../fixture.ts';
import { refusal } from './expectation.ts';
import { leavesChainUnharmed } from './unharmed.ts';

const MIB = 1024 * 1024;
const SLOW_MS = 60_000;

/** Messages that are larger than something allows. */
export function describeOversize(current: CurrentFixture): void {
  describe('oversize', () => {
    test(
      'a transaction above the absolute maximum: refused by the orderer',
      { timeout: SLOW_MS },
      async () => {
        const { maker } = current();
        await leavesChainUnharmed(current(), async () => {
          const endorsed = await maker.endorse([['putBig', current().key(), 11 * MIB]]);
          const { envelope } = endorsed;
          const bytes = envelope.getPayload_asU8().length + envelope.getSignature_asU8().length;
          expect(await refusalOf(endorsed.submit())).toEqual(
            refusal({
              code: 'ABORTED',
              message:
                'received unsuccessful response from orderer: status=BAD_REQUEST, ' +
                `info=message payload is ${bytes} bytes and exceeds maximum allowed ` +
                `${limits.absoluteMaxBytes} bytes`,
            }),
          );
        });
      },
    );

    test(
      'a transaction above the preferred maximum: a block of its own',
      { timeout: SLOW_MS },
      async () => {
        const { maker } = current();
        const big = await maker.endorse([['putBig', current().key(), 3 * MIB]]);
        const small = await maker.endorse([['echo', 1]]);
        const waits = [await small.submit(), await big.submit()];
        const [first, second] = await Promise.all(waits.map((wait) => wait()));
        expect([first?.code, second?.code]).toEqual(['VALID', 'VALID']);
        expect(first?.block).toBeLessThan(second?.block ?? 0);
        const block = await current().block(second?.block ?? 0);
        expect(block.getData()?.getDataList()).toHaveLength(1);
      },
    );

    test('a result of 5 MiB: answered', { timeout: SLOW_MS }, async () => {
      const [result] = await current().maker.evaluate(['big', 5 * MIB]);
      expect(String(result)).toHaveLength(5 * MIB);
    });

    test('a message above the limit of gRPC: refused', { timeout: SLOW_MS }, async () => {
      const { maker } = current();
      await leavesChainUnharmed(current(), async () => {
        const { signed } = await maker.propose({ args: ['run', 'x'.repeat(101 * MIB)] });
        expect(await refusalOf(maker.rawEvaluate(signed))).toEqual(
          refusal({
            code: 'RESOURCE_EXHAUSTED',
            // The words are those of the server's gRPC library.
            message: /received message larger than max \(\d+ vs\.? 104857600\)$/i,
          }),
        );
      });
    });
  });
}
