import { describe, expect, test } from 'vitest';

import { refusalOf } from '../client/refusal.ts';
import type { CurrentFixture } from '../fixture.ts';

/** A chaincode that calls another one. */
export function describeChaincodeCalls(current: CurrentFixture): void {
  const call = (chaincode: string, channel: string, ...args: string[]) =>
    ['call', chaincode, channel, args] as const;

  describe('chaincode called by a chaincode', () => {
    test('writes to its own state, in the same transaction', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = JSON.stringify([['put', key, 'theirs']]);
      const { code } = await maker.submit(call('open', '', 'run', steps), ['put', key, 'mine']);
      expect(code).toBe('VALID');
      expect(
        await maker.evaluate(['get', key], call('open', '', 'run', `[["get","${key}"]]`)),
      ).toEqual(['mine', { status: 200, message: '', payload: '["theirs"]' }]);
    });

    test('its event is not the transaction’s', async () => {
      const { maker } = current();
      const steps = JSON.stringify([['event', 'inner', '']]);
      const endorsed = await maker.endorse([
        ['event', 'outer', ''],
        call('open', '', 'run', steps),
      ]);
      const { block } = await (await endorsed.submit())();
      const events = await maker.network.getChaincodeEvents('probe', { startBlock: BigInt(block) });
      for await (const event of events) {
        expect(event).toMatchObject({ chaincodeName: 'probe', eventName: 'outer' });
        break;
      }
      events.close();
    });

    test('itself, by its name: it shares the state', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = JSON.stringify([['increment', key, 2]]);
      expect(await maker.submit(call('probe', '', 'run', steps))).toMatchObject({ code: 'VALID' });
      expect(await maker.evaluate(['get', key])).toEqual(['2']);
    });

    test('under the name of the channel that it is on: as without a name', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = JSON.stringify([['put', key, 'v']]);
      await maker.submit(call('open', maker.channel, 'run', steps));
      expect(await maker.evaluate(call('open', '', 'run', `[["get","${key}"]]`))).toMatchObject([
        { payload: '["v"]' },
      ]);
    });

    test('its error is the answer to the call, and its caller may go on', async () => {
      const steps = JSON.stringify([['throw', 'inner trouble']]);
      expect(await current().maker.evaluate(call('open', '', 'run', steps))).toEqual([
        { status: 500, message: 'inner trouble', payload: '' },
      ]);
    });

    test('one that is not there fails the call', async () => {
      const refusal = await refusalOf(current().maker.evaluate(call('nowhere', '', 'run', '[]')));
      expect(refusal.code).toBe('UNKNOWN');
      expect(refusal.message).toContain('INVOKE_CHAINCODE failed: transaction ID: ');
      expect(refusal.message).toContain('chaincode nowhere not found');
    });

    test('one on another channel fails the call', async () => {
      const refusal = await refusalOf(
        current().maker.evaluate(call('open', 'elsewhere', 'run', '[]')),
      );
      expect(refusal.code).toBe('UNKNOWN');
      expect(refusal.message).toContain('INVOKE_CHAINCODE failed: transaction ID: ');
    });

    test('both policies hold: a majority for its caller, any one for itself', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = JSON.stringify([['put', key, 'v']]);
      const alone = await maker.endorse([['put', key, 'v']], {
        chaincode: 'open',
        endorsers: ['MakerMSP'],
      });
      expect(await (await alone.submit())()).toMatchObject({ code: 'VALID' });
      const both = await maker.endorse([call('probe', '', 'run', steps)], {
        chaincode: 'open',
        endorsers: ['MakerMSP'],
      });
      expect(await (await both.submit())()).toMatchObject({ code: 'ENDORSEMENT_POLICY_FAILURE' });
    });
  });
}
