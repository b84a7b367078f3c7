import { describe, expect, test } from 'vitest';

import type { Step } from '../../probe/operation.ts';
import { partsOf } from '../client/envelope.ts';
import { transactionsOf } from '../client/decoded-block.ts';
import type { Committed, Endorsed } from '../client/member.ts';
import { endorserMspIds } from '../client/endorsers.ts';
import { refusalOf } from '../client/refusal.ts';
import type { CurrentFixture } from '../fixture.ts';

const ATTEMPTS = 8;

/** Which transactions are valid, given what others did since they were endorsed. */
export function describeValidation(current: CurrentFixture): void {
  /** Endorses all, then submits them so that one block has them in this order. */
  const inOneBlock = async (
    endorse: () => Promise<readonly Endorsed[]>,
  ): Promise<readonly Committed[]> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const waits: (() => Promise<Committed>)[] = [];
      for (const endorsed of await endorse()) waits.push(await endorsed.submit());
      const committed = await Promise.all(waits.map((wait) => wait()));
      if (new Set(committed.map(({ block }) => block)).size === 1) return committed;
    }
    throw new Error(`no block had all transactions in ${ATTEMPTS} attempts`);
  };
  const codesOf = (committed: readonly Committed[]) => committed.map(({ code }) => code);
  /** Endorses `late`, commits `first`, then `late`; the validation code of the latter. */
  const afterwards = async (late: Step[], first: Step[]): Promise<string> => {
    const { maker } = current();
    const endorsed = await maker.endorse(late);
    expect(await maker.submit(...first)).toMatchObject({ code: 'VALID' });
    return (await (await endorsed.submit())()).code;
  };

  describe('validation', () => {
    test('in one block, two that read and write one key: the second is a conflict', async () => {
      const { maker, insurer } = current();
      let key = '';
      const committed = await inOneBlock(async () => {
        key = current().key();
        return [
          await maker.endorse([['increment', key, 1]]),
          await insurer.endorse([['increment', key, 10]]),
        ];
      });
      expect(codesOf(committed)).toEqual(['VALID', 'MVCC_READ_CONFLICT']);
      expect(await maker.evaluate(['get', key])).toEqual(['1']);
    });

    test('in one block, a range and then a key in it: a phantom', async () => {
      const { maker } = current();
      const committed = await inOneBlock(async () => {
        const key = current().key();
        return [
          await maker.endorse([['put', `${key}a`, 'v']]),
          await maker.endorse([['countRange', key, `${key}~`]]),
        ];
      });
      expect(codesOf(committed)).toEqual(['VALID', 'PHANTOM_READ_CONFLICT']);
    });

    test('in one block, a range before the key in it: both are valid', async () => {
      const { maker } = current();
      const committed = await inOneBlock(async () => {
        const key = current().key();
        return [
          await maker.endorse([['countRange', key, `${key}~`]]),
          await maker.endorse([['put', `${key}a`, 'v']]),
        ];
      });
      expect(codesOf(committed)).toEqual(['VALID', 'VALID']);
    });

    test('in one block, what an invalid one wrote is no conflict', async () => {
      const { maker } = current();
      const committed = await inOneBlock(async () => {
        const key = current().key();
        return [
          await maker.endorse([['put', key, 'x']], { endorsers: ['MakerMSP'] }),
          await maker.endorse([['increment', key, 1]]),
        ];
      });
      expect(codesOf(committed)).toEqual(['ENDORSEMENT_POLICY_FAILURE', 'VALID']);
    });

    test('in one block, blind writes of one key: the last one stays', async () => {
      const { maker } = current();
      let key = '';
      const committed = await inOneBlock(async () => {
        key = current().key();
        return [
          await maker.endorse([['put', key, 'first']]),
          await maker.endorse([['put', key, 'second']]),
        ];
      });
      expect(codesOf(committed)).toEqual(['VALID', 'VALID']);
      expect(await maker.evaluate(['get', key])).toEqual(['second']);
    });

    test('in one block, one transaction twice: the second is a duplicate', async () => {
      const { maker } = current();
      let key = '';
      const [committed] = await inOneBlock(async () => {
        key = current().key();
        const once = await maker.endorse([['put', key, 'v']]);
        return [once, once];
      });
      // The status of an id is that of the first transaction that had it.
      expect(committed).toMatchObject({ code: 'VALID' });
      const transactions = transactionsOf(await current().block(committed?.block ?? 0));
      expect(transactions.map(({ txId, code }) => [txId === committed?.txId, code])).toEqual([
        [true, 'VALID'],
        [true, 'DUPLICATE_TXID'],
      ]);
    });

    test('in a later block, one transaction again: a duplicate', async () => {
      const { maker } = current();
      const once = await maker.endorse([['put', current().key(), 'v']]);
      const { block } = await (await once.submit())();
      await once.submit();
      await maker.submit(['echo', 'behind it']);
      const newest = (await current().height()) - 1;
      const later: string[] = [];
      for (let number = block + 1; number <= newest; number += 1) {
        const transactions = transactionsOf(await current().block(number));
        for (const { txId, code } of transactions) if (txId === once.txId) later.push(code);
      }
      expect(later).toEqual(['DUPLICATE_TXID']);
      expect(await maker.commitStatus(once.txId)).toMatchObject({ code: 'VALID', block });
    });

    test('a key that was absent when read, and is not any more: a conflict', async () => {
      const key = current().key();
      expect(await afterwards([['get', key]], [['put', key, 'v']])).toBe('MVCC_READ_CONFLICT');
    });

    test('a key that was deleted since it was read: a conflict', async () => {
      const key = current().key();
      await current().maker.submit(['put', key, 'v']);
      expect(await afterwards([['get', key]], [['delete', key]])).toBe('MVCC_READ_CONFLICT');
    });

    test('the same value written again since it was read: a conflict', async () => {
      const key = current().key();
      await current().maker.submit(['put', key, 'v']);
      expect(await afterwards([['get', key]], [['put', key, 'v']])).toBe('MVCC_READ_CONFLICT');
    });

    test('a key whose policy changed since it was read: a conflict', async () => {
      const key = current().key();
      await current().maker.submit(['put', key, 'v']);
      expect(await afterwards([['get', key]], [['setPolicy', key, '']])).toBe('MVCC_READ_CONFLICT');
    });

    test('a key that was deleted and was absent before: valid', async () => {
      const key = current().key();
      expect(await afterwards([['get', key]], [['delete', key]])).toBe('VALID');
    });

    test.each([
      ['added to', ['put', '000001a', 'v']],
      ['changed in', ['put', '000001', 'changed']],
      ['deleted from', ['delete', '000001']],
    ] as const)(
      'a key %s a range since it was read: a phantom',
      async (_how, [what, end, value]) => {
        const key = current().key();
        await current().maker.submit(['putMany', key, 3, 'v']);
        const range: Step[] = [['countRange', key, `${key}~`]];
        expect(await afterwards(range, [[what, `${key}${end}`, value]])).toBe(
          'PHANTOM_READ_CONFLICT',
        );
      },
    );

    test('a key behind the last one of a range that was left early: valid', async () => {
      const key = current().key();
      await current().maker.submit(['putMany', key, 150, 'v']);
      const range: Step[] = [['range', key, `${key}~`, 1]];
      expect(await afterwards(range, [['put', `${key}000149`, 'changed']])).toBe('VALID');
      expect(await afterwards(range, [['put', `${key}000100`, 'changed']])).toBe(
        'PHANTOM_READ_CONFLICT',
      );
    });

    test('a key deleted from a large range since it was read: a phantom', async () => {
      const key = current().key();
      await current().maker.submit(['putMany', key, 150, 'v']);
      const range: Step[] = [['countRange', key, `${key}~`]];
      expect(await afterwards(range, [['delete', `${key}000140`]])).toBe('PHANTOM_READ_CONFLICT');
    });

    test('a large range that nobody touched: valid', async () => {
      const key = current().key();
      await current().maker.submit(['putMany', key, 150, 'v']);
      const range: Step[] = [['countRange', key, `${key}~`]];
      expect(await afterwards(range, [['put', `${key}~`, 'the end is not in it']])).toBe('VALID');
    });

    test('endorsed by fewer than the policy asks for: not valid, nothing is written', async () => {
      const { maker } = current();
      const key = current().key();
      const endorsed = await maker.endorse([['put', key, 'v']], { endorsers: ['InsurerMSP'] });
      expect(await (await endorsed.submit())()).toMatchObject({
        code: 'ENDORSEMENT_POLICY_FAILURE',
      });
      expect(await maker.evaluate(['get', key], ['history', key])).toEqual(['', []]);
    });

    test.each([
      [['MakerMSP', 'GarageMSP']],
      [['InsurerMSP', 'GarageMSP']],
      [['MakerMSP', 'InsurerMSP', 'GarageMSP']],
    ])('endorsed by %j, which is a majority: valid', async (endorsers) => {
      const { maker } = current();
      const endorsed = await maker.endorse([['put', current().key(), 'v']], { endorsers });
      expect(endorserMspIds(endorsed.envelope).sort()).toEqual([...endorsers].sort());
      expect(await (await endorsed.submit())()).toMatchObject({ code: 'VALID' });
    });

    test('the gateway asks its own organisation first, and as many as the policy needs', async () => {
      const endorsed = await current().insurer.endorse([['echo', 1]]);
      const endorsers = endorserMspIds(endorsed.envelope);
      expect(endorsers).toHaveLength(2);
      expect(endorsers).toContain('InsurerMSP');
      expect(partsOf(endorsed.envelope).responsePayload.getProposalHash_asU8()).toHaveLength(32);
    });

    test('results that depend on the clock are refused where the clocks differ', async () => {
      const { maker, network } = current();
      const submitted = maker.submit(['putClock', current().key()]);
      if (network.clocksDiffer) {
        expect(await refusalOf(submitted)).toMatchObject({
          code: 'ABORTED',
          details: [{ message: 'ProposalResponsePayloads do not match' }, {}],
        });
      } else {
        expect(await submitted).toMatchObject({ code: 'VALID' });
      }
    });

    test('results that differ between organisations are refused', async () => {
      const refusal = await refusalOf(current().maker.submit(['putRandom', current().key()]));
      expect(refusal).toEqual({
        code: 'ABORTED',
        message:
          'failed to collect enough transaction endorsements, see attached details for more info',
        details: [
          { mspId: 'GarageMSP', message: 'ProposalResponsePayloads do not match' },
          { mspId: 'InsurerMSP', message: 'ProposalResponsePayloads do not match' },
        ],
      });
    });
  });
}
