import { describe, expect, test } from 'vitest';

import { endorserMspIds } from '../client/endorsers.ts';
import { refusalOf } from '../client/refusal.ts';
import type { CurrentFixture } from '../fixture.ts';
import { matching } from '../matching.ts';

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

    test('itself, by its name: not within one transaction', async () => {
      const refusal = await refusalOf(current().maker.evaluate(call('probe', '', 'run', '[]')));
      expect(refusal).toMatchObject({
        code: 'UNKNOWN',
        details: [
          {
            message: matching(
              new RegExp(
                '^chaincode response 500, INVOKE_CHAINCODE failed: transaction ID: (\\w+): ' +
                  'execute failed: error sending: txid: \\1\\(passport\\) exists$',
              ),
            ),
          },
        ],
      });
    });

    test('under the name of the channel that it is on: as without a name', async () => {
      const { maker } = current();
      const key = current().key();
      const steps = JSON.stringify([['put', key, 'v']]);
      const { code } = await maker.submit(call('open', maker.channel, 'run', steps), [
        'put',
        key,
        'w',
      ]);
      expect(code).toBe('VALID');
      expect(await maker.evaluate(call('open', '', 'run', `[["get","${key}"]]`))).toMatchObject([
        { payload: '["v"]' },
      ]);
    });

    test('the gateway looks only at the policies of those that write', async () => {
      const steps = JSON.stringify([['put', current().key(), 'v']]);
      const endorsed = await current().maker.endorse([call('open', '', 'run', steps)]);
      expect(endorserMspIds(endorsed.envelope)).toEqual(['MakerMSP']);
      // The peers look at the caller's too.
      expect(await (await endorsed.submit())()).toMatchObject({
        code: 'ENDORSEMENT_POLICY_FAILURE',
      });
    });

    test('its error is the answer to the call, and its caller may go on', async () => {
      const steps = JSON.stringify([['throw', 'inner trouble']]);
      expect(await current().maker.evaluate(call('open', '', 'run', steps))).toEqual([
        { status: 500, message: 'inner trouble', payload: '' },
      ]);
    });

    test.each([
      [
        'that is not there',
        call('nowhere', '', 'run', '[]'),
        'execute failed: invalid invocation: \\[channel passport\\] failed to get chaincode ' +
          'container info for nowhere: chaincode nowhere not found',
      ],
      [
        'on another channel',
        call('open', 'elsewhere', 'run', '[]'),
        'Failed to get policy manager for channel \\[elsewhere\\]',
      ],
    ])('one %s fails the call', async (_where, step, message) => {
      const refusal = await refusalOf(current().maker.evaluate(step));
      expect(refusal).toMatchObject({
        code: 'UNKNOWN',
        details: [
          {
            message: matching(
              new RegExp(
                `^chaincode response 500, INVOKE_CHAINCODE failed: transaction ID: \\w+: ${message}$`,
              ),
            ),
          },
        ],
      });
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
