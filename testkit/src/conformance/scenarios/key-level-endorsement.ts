import { describe, expect, test } from 'vitest';

import { endorserMspIds } from '../client/endorsers.ts';
import { peerOf } from '../client/policy.ts';
import { refusalOf } from '../client/refusal.ts';
import type { CurrentFixture } from '../fixture.ts';
import { refusal } from './bad-input/expectation.ts';

/** Keys with an endorsement policy of their own. */
export function describeKeyLevelEndorsement(current: CurrentFixture): void {
  /** A key that only the garage's peer may endorse changes of. */
  const garageKey = async (): Promise<string> => {
    const key = current().key();
    await current().maker.submit(['put', key, 'v'], ['setPolicy', key, peerOf('GarageMSP')]);
    return key;
  };
  const codeOf = async (step: readonly [string, ...unknown[]], endorsers: readonly string[]) => {
    const endorsed = await current().maker.endorse([step], { endorsers });
    return (await (await endorsed.submit())()).code;
  };

  describe('key-level endorsement', () => {
    test('the policy that was set is read back, and the value stays', async () => {
      const key = await garageKey();
      expect(await current().maker.evaluate(['getPolicy', key], ['get', key])).toEqual([
        peerOf('GarageMSP'),
        'v',
      ]);
    });

    test('a majority without the organisation is not enough; the organisation alone is', async () => {
      const key = await garageKey();
      const majority = ['MakerMSP', 'InsurerMSP'];
      expect(await codeOf(['put', key, 'x'], majority)).toBe('ENDORSEMENT_POLICY_FAILURE');
      expect(await codeOf(['put', key, 'y'], ['GarageMSP'])).toBe('VALID');
      expect(await current().maker.evaluate(['get', key])).toEqual(['y']);
    });

    test('the gateway asks the organisations that the key needs', async () => {
      const key = await garageKey();
      const endorsed = await current().maker.endorse([['put', key, 'w']]);
      expect(endorserMspIds(endorsed.envelope).sort()).toContain('GarageMSP');
      expect(await (await endorsed.submit())()).toMatchObject({ code: 'VALID' });
    });

    test('a transaction with an ordinary key needs both', async () => {
      const { maker } = current();
      const key = await garageKey();
      const both = [
        ['put', key, 'w'],
        ['put', current().key(), 'w'],
      ] as const;
      const alone = await maker.endorse(both, { endorsers: ['GarageMSP'] });
      expect((await (await alone.submit())()).code).toBe('ENDORSEMENT_POLICY_FAILURE');
      const enough = await maker.endorse(both, { endorsers: ['GarageMSP', 'InsurerMSP'] });
      expect((await (await enough.submit())()).code).toBe('VALID');
    });

    test('the policy is changed under the policy', async () => {
      const key = await garageKey();
      const policy = peerOf('MakerMSP');
      const majority = ['MakerMSP', 'InsurerMSP'];
      expect(await codeOf(['setPolicy', key, policy], majority)).toBe('ENDORSEMENT_POLICY_FAILURE');
      expect(await codeOf(['setPolicy', key, policy], ['GarageMSP'])).toBe('VALID');
      expect(await codeOf(['put', key, 'w'], ['MakerMSP'])).toBe('VALID');
    });

    test('a policy set after the endorsement holds', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['put', key, 'v']);
      const early = await maker.endorse([['put', key, 'w']], {
        endorsers: ['MakerMSP', 'InsurerMSP'],
      });
      await maker.submit(['setPolicy', key, peerOf('GarageMSP')]);
      expect((await (await early.submit())()).code).toBe('ENDORSEMENT_POLICY_FAILURE');
    });

    test('a deleted key loses its policy', async () => {
      const key = await garageKey();
      expect(await codeOf(['delete', key], ['GarageMSP'])).toBe('VALID');
      expect(await current().maker.evaluate(['getPolicy', key])).toEqual(['']);
      expect(await codeOf(['put', key, 'w'], ['MakerMSP', 'InsurerMSP'])).toBe('VALID');
    });

    test('a policy of a key that is not there: nothing is kept', async () => {
      const { maker } = current();
      const key = current().key();
      expect(await maker.submit(['setPolicy', key, peerOf('GarageMSP')])).toMatchObject({
        code: 'VALID',
      });
      expect(await maker.evaluate(['getPolicy', key])).toEqual(['']);
    });

    test('an empty policy: the gateway finds nobody, though the chaincode’s policy holds', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['put', key, 'v'], ['setPolicy', key, '']);
      expect(await refusalOf(maker.endorse([['put', key, 'w']]))).toEqual(
        refusal({
          code: 'FAILED_PRECONDITION',
          message:
            'no combination of peers can be derived which satisfy the endorsement policy: ' +
            'state based endorsement policy cannot be satisfied',
        }),
      );
      expect(await codeOf(['put', key, 'w'], ['MakerMSP'])).toBe('ENDORSEMENT_POLICY_FAILURE');
      expect(await codeOf(['put', key, 'w'], ['MakerMSP', 'InsurerMSP'])).toBe('VALID');
    });

    test('a policy that cannot be decoded: no peer endorses a change', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['put', key, 'v'], ['setPolicy', key, 'cG9saWN5']);
      const message = /^error in simulation: error unmarshalling SignaturePolicyEnvelope: .+/;
      expect(await refusalOf(maker.endorse([['put', key, 'w']]))).toEqual(
        refusal({
          code: 'ABORTED',
          message: 'failed to endorse transaction, see attached details for more info',
          details: [{ mspId: 'MakerMSP', message }],
        }),
      );
      const all = ['MakerMSP', 'InsurerMSP', 'GarageMSP'];
      expect(await refusalOf(maker.endorse([['put', key, 'w']], { endorsers: all }))).toEqual(
        refusal({
          code: 'ABORTED',
          message:
            'failed to collect enough transaction endorsements, see attached details for more info',
          details: all.map((mspId) => ({ mspId, message })),
        }),
      );
      expect(await maker.evaluate(['get', key])).toEqual(['v']);
    });
  });
}
