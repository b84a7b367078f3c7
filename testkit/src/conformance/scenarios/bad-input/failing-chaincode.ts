import { describe, expect, test } from 'vitest';

import { sleep } from '@passport/runtime';

import type { Member } from '../../client/member.ts';
import { refusalOf } from '../../client/refusal.ts';
import type { CurrentFixture } from '../../fixture.ts';
import { refusal } from './expectation.ts';
import { leavesChainUnharmed } from './unharmed.ts';

const SLOW_MS = 60_000;
const NOT_ENDORSED = 'failed to endorse transaction, see attached details for more info';

/** A chaincode that fails: by its own decision, or by dying or hanging in the middle. */
export function describeFailingChaincode(current: CurrentFixture): void {
  const respond = async (status: number) => {
    const { maker } = current();
    const args = ['respond', String(status), 'its message', 'its payload'];
    return { endorse: await maker.propose({ args }), evaluate: await maker.propose({ args }) };
  };

  describe('failing chaincode', () => {
    test('an error: with its message', async () => {
      const { maker } = current();
      await leavesChainUnharmed(current(), async () => {
        expect(await refusalOf(maker.endorse([['throw', 'on purpose']]))).toEqual(
          refusal({
            code: 'ABORTED',
            message: NOT_ENDORSED,
            details: [{ mspId: 'MakerMSP', message: 'chaincode response 500, on purpose' }],
          }),
        );
        expect(await refusalOf(maker.evaluate(['throw', 'on purpose']))).toEqual(
          refusal({
            code: 'UNKNOWN',
            message: 'evaluate call to endorser returned error: chaincode response 500, on purpose',
            details: [{ mspId: 'MakerMSP', message: 'chaincode response 500, on purpose' }],
          }),
        );
      });
    });

    test('an error after writes and events: nothing of them stays', async () => {
      const { maker } = current();
      const key = current().key();
      await refusalOf(
        maker.endorse([
          ['put', key, 'v'],
          ['event', 'never', ''],
          ['throw', 'no'],
        ]),
      );
      expect(await maker.evaluate(['get', key])).toEqual(['']);
    });

    test.each([400, 404, 499, 500, 599])('a response of status %i: refused', async (status) => {
      const { maker } = current();
      const made = await respond(status);
      const message = `chaincode response ${status}, its message`;
      expect(await refusalOf(maker.rawEndorse(made.endorse.signed))).toEqual(
        refusal({
          code: 'ABORTED',
          message: NOT_ENDORSED,
          details: [{ mspId: 'MakerMSP', message }],
        }),
      );
      expect(await refusalOf(maker.rawEvaluate(made.evaluate.signed))).toEqual(
        refusal({
          code: 'UNKNOWN',
          message: `evaluate call to endorser returned error: ${message}`,
          details: [{ mspId: 'MakerMSP', message }],
        }),
      );
    });

    test.each([200, 201, 399])(
      'a response of status %i: endorsed and committed',
      async (status) => {
        const { maker } = current();
        const { endorse, evaluate } = await respond(status);
        const response = await maker.rawEvaluate(evaluate.signed);
        expect(response.getStatus()).toBe(status);
        expect(response.getMessage()).toBe('its message');
        expect(Buffer.from(response.getPayload_asU8()).toString()).toBe('its payload');
        await maker.orderSigned(await maker.rawEndorse(endorse.signed), endorse.txId);
        expect(await maker.commitStatus(endorse.txId)).toMatchObject({ code: 'VALID' });
      },
    );

    test.each([1, 100, 199])('a response of status %i: refused', async (status) => {
      const { maker } = current();
      const { endorse } = await respond(status);
      expect(await refusalOf(maker.rawEndorse(endorse.signed))).toEqual(
        refusal({
          code: 'ABORTED',
          message: NOT_ENDORSED,
          details: [{ mspId: 'MakerMSP', message: `chaincode response ${status}, its message` }],
        }),
      );
    });

    test('one that hangs: given up after the execution timeout', { timeout: SLOW_MS }, async () => {
      const { maker } = current();
      const key = current().key();
      await leavesChainUnharmed(current(), async () => {
        const { txId, signed } = await maker.propose({
          args: ['run', JSON.stringify([['put', key, 'v'], ['hang']])],
        });
        expect(await refusalOf(maker.rawEndorse(signed))).toEqual(
          refusal({
            code: 'ABORTED',
            message: NOT_ENDORSED,
            details: [
              {
                mspId: 'MakerMSP',
                message: `error in simulation: failed to execute transaction ${txId}: error sending: timeout expired while executing transaction`,
              },
            ],
          }),
        );
      });
      expect(await maker.evaluate(['get', key])).toEqual(['']);
    });

    test(
      'one that hangs while it is evaluated: asked of every peer, one after the other',
      { timeout: SLOW_MS },
      async () => {
        const { maker } = current();
        const { txId, signed } = await maker.propose({ args: ['run', '[["hang"]]'] });
        const message = `error in simulation: failed to execute transaction ${txId}: error sending: timeout expired while executing transaction`;
        expect(await refusalOf(maker.rawEvaluate(signed))).toEqual(
          refusal({
            code: 'ABORTED',
            message: 'failed to evaluate transaction, see attached details for more info',
            details: ['MakerMSP', 'InsurerMSP', 'GarageMSP'].map((mspId) => ({ mspId, message })),
          }),
        );
      },
    );

    test(
      'a client that goes away while one hangs: its own deadline',
      { timeout: SLOW_MS },
      async () => {
        const { maker } = current();
        const { signed } = await maker.propose({ args: ['run', '[["hang"]]'] });
        const refusal = await refusalOf(
          maker.rawEvaluate(signed, [], { deadline: Date.now() + 300 }),
        );
        // Who notices first, client or peer, says it in its own way.
        expect(refusal.code).toMatch(/^(DEADLINE_EXCEEDED|CANCELLED)$/);
        expect(await maker.evaluate(['echo', 'others go on'])).toEqual(['others go on']);
      },
    );

    test(
      'one that dies in the middle: an error, and it works again when it is back',
      { timeout: SLOW_MS },
      async () => {
        const { maker, insurer, garage } = current();
        const key = current().key();
        const height = await current().height();
        const { txId, signed } = await maker.propose({
          args: ['run', JSON.stringify([['put', key, 'v'], ['die']])],
        });
        expect(await refusalOf(maker.rawEndorse(signed))).toEqual(
          refusal({
            code: 'ABORTED',
            message: NOT_ENDORSED,
            details: [
              {
                mspId: 'MakerMSP',
                message: `error in simulation: failed to execute transaction ${txId}: error sending: chaincode stream terminated`,
              },
            ],
          }),
        );
        for (const member of [maker, insurer, garage]) await answersAgain(member);
        expect(await current().height()).toBe(height);
        expect(await maker.evaluate(['get', key])).toEqual(['']);
        expect(await maker.submit(['put', key, 'again'])).toMatchObject({ code: 'VALID' });
      },
    );
  });
}

/** The server of the chaincode takes a moment to be back. */
async function answersAgain(member: Member): Promise<void> {
  const deadline = Date.now() + SLOW_MS / 3;
  for (;;) {
    try {
      await member.evaluate(['echo', 1]);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
