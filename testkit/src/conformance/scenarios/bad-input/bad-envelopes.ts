import { common } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { orderAndFind } from '../../client/ordering.ts';
import { refusalOf } from '../../client/refusal.ts';
import type { CurrentFixture } from '../../fixture.ts';
import { invalidEnvelopes, unusualEnvelopes } from './invalid-envelopes.ts';
import { refusedEnvelopes } from './refused-envelopes.ts';
import { refusal } from './expectation.ts';
import { leavesChainUnharmed } from './unharmed.ts';

/** Envelopes that are not what was endorsed: refused, or invalid in their block. */
export function describeBadEnvelopes(current: CurrentFixture): void {
  describe('refused envelope', () => {
    test.each(refusedEnvelopes)('$name', async ({ make, code, message }) => {
      const { maker } = current();
      await leavesChainUnharmed(current(), async () => {
        const { envelope, txId } = await maker.endorse([['put', current().key(), 'v']]);
        const made = await make(envelope, current());
        expect(await refusalOf(maker.order(made, txId))).toEqual(refusal({ code, message }));
      });
    });

    test('none at all', async () => {
      expect(await refusalOf(current().maker.order(undefined, 'x'))).toEqual(
        refusal({
          code: 'INVALID_ARGUMENT',
          message: 'a prepared transaction is required',
        }),
      );
    });

    test('request for an unknown channel', async () => {
      const { maker } = current();
      const { envelope, txId } = await maker.endorse([['echo', 1]]);
      expect(await refusalOf(maker.order(envelope, txId, 'elsewhere'))).toEqual(
        refusal({
          code: 'FAILED_PRECONDITION',
          message:
            'failed to get config for channel [elsewhere]: could not get last config for channel elsewhere',
        }),
      );
    });
  });

  describe('invalid envelope', () => {
    test.each(invalidEnvelopes)('$name: $code', async ({ make, code }) => {
      const { maker } = current();
      const key = current().key();
      const { envelope } = await maker.endorse([['put', key, 'v']]);
      const made = await make(envelope, current());
      const placed = await orderAndFind(current(), made);
      if (typeof code === 'string') expect(placed.code).toBe(code);
      else expect(placed.code).toMatch(code);
      expect(await maker.evaluate(['get', key], ['get', 'forged'], ['history', key])).toEqual([
        '',
        '',
        [],
      ]);
    });
  });

  describe('unusual envelope', () => {
    test.each(unusualEnvelopes)('$name: valid', async ({ make }) => {
      const { maker } = current();
      const key = current().key();
      const { envelope } = await maker.endorse([['put', key, 'v']]);
      const made = await make(envelope, current());
      expect((await orderAndFind(current(), made)).code).toBe('VALID');
      expect(await maker.evaluate(['get', key])).toEqual(['v']);
    });

    test('submitted at the peer of another organisation, under another id: valid', async () => {
      const { maker, garage } = current();
      const { envelope, txId } = await maker.endorse([['echo', 1]]);
      await garage.order(envelope, 'whatever');
      expect(await maker.commitStatus(txId)).toMatchObject({ code: 'VALID' });
    });

    test('with fields that no message has: they stay out of its signed parts', async () => {
      const { maker } = current();
      const { envelope, txId } = await maker.endorse([['echo', 1]]);
      const [field, length] = [0x7a, 0x01];
      const bytes = Buffer.concat([envelope.serializeBinary(), Buffer.of(field, length, 0x00)]);
      await maker.order(common.Envelope.deserializeBinary(bytes), txId);
      expect(await maker.commitStatus(txId)).toMatchObject({ code: 'VALID' });
    });
  });
}
