import { common, peer } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { partsOf } from '../../client/envelope.ts';
import { refusalOf } from '../../client/refusal.ts';
import type { CurrentFixture } from '../../fixture.ts';
import { refusal } from './expectation.ts';
import { malformedProposals } from './malformed-proposals.ts';
import { misdirectedProposals } from './misdirected-proposals.ts';
import { unauthorisedProposals } from './unauthorised-proposals.ts';
import { expiredIdentity, unusualProposals } from './unusual-proposals.ts';
import { leavesChainUnharmed } from './unharmed.ts';

/** Proposals that are refused, by whom and with which words; and some that are not. */
export function describeBadProposals(current: CurrentFixture): void {
  describe.each([
    ['malformed', malformedProposals],
    ['misdirected', misdirectedProposals],
    ['unauthorised', unauthorisedProposals],
  ])('%s proposal', (_kind, cases) => {
    test.each(cases)('$name', async ({ make, expected }) => {
      const { maker } = current();
      await leavesChainUnharmed(current(), async () => {
        const endorsed = await make(current());
        expect(await refusalOf(maker.rawEndorse(endorsed.signed))).toEqual(
          refusal(expected.endorse),
        );
        const evaluated = await make(current());
        expect(await refusalOf(maker.rawEvaluate(evaluated.signed))).toEqual(
          refusal(expected.evaluate),
        );
      });
    });
  });

  describe('no proposal', () => {
    test('is refused', async () => {
      const { maker } = current();
      expect(await refusalOf(maker.rawEndorse(undefined))).toEqual(
        refusal({
          code: 'INVALID_ARGUMENT',
          message: 'the proposed transaction must contain a signed proposal',
        }),
      );
      expect(await refusalOf(maker.rawEvaluate(undefined))).toEqual(
        refusal({
          code: 'INVALID_ARGUMENT',
          message: 'failed to unpack transaction proposal: a signed proposal is required',
        }),
      );
    });
  });

  describe('unusual proposal', () => {
    test.each(unusualProposals)('$name: accepted', async ({ make }) => {
      const { maker } = current();
      const { signed } = await make(current());
      expect((await maker.rawEvaluate(signed)).getStatus()).toBe(200);
      const again = await make(current());
      expect((await maker.rawEndorse(again.signed)).getPayload_asU8().length).toBeGreaterThan(0);
    });

    test('an expired certificate: refused by every peer but the one that is asked', async () => {
      const { maker } = current();
      const { signed } = await expiredIdentity.make(current());
      expect((await maker.rawEvaluate(signed)).getStatus()).toBe(200);
      const again = await expiredIdentity.make(current());
      const message = 'rpc error: code = Unknown desc = proposal client identity expired';
      expect(await refusalOf(maker.rawEndorse(again.signed))).toEqual(
        refusal({
          code: 'ABORTED',
          message:
            'failed to collect enough transaction endorsements, see attached details for more info',
          details: [
            { mspId: 'InsurerMSP', message },
            { mspId: 'GarageMSP', message },
          ],
        }),
      );
    });

    test('a proposal sent twice before it is committed: endorsed twice, the same', async () => {
      const { maker } = current();
      const { signed } = await maker.propose({ args: ['run', '[["echo",1]]'] });
      const first = await maker.rawEndorse(signed);
      const second = await maker.rawEndorse(signed);
      const results = [first, second].map((envelope) =>
        partsOf(envelope).endorsedAction.getProposalResponsePayload_asB64(),
      );
      expect(results[0]).toBe(results[1]);
    });

    test('a proposal of a committed transaction: a duplicate', async () => {
      const { maker } = current();
      const { txId, signed } = await maker.propose({ args: ['run', '[["echo",1]]'] });
      await maker.orderSigned(await maker.rawEndorse(signed), txId);
      expect(await maker.commitStatus(txId)).toMatchObject({ code: 'VALID' });
      const creator = creatorOf(signed);
      const said = `duplicate transaction found [${txId}]. Creator [${creator}]`;
      expect(await refusalOf(maker.rawEndorse(signed))).toEqual(
        refusal({
          code: 'ABORTED',
          message: 'failed to endorse transaction, see attached details for more info',
          details: [{ mspId: 'MakerMSP', message: said }],
        }),
      );
      expect(await refusalOf(maker.rawEvaluate(signed))).toEqual(
        refusal({
          code: 'FAILED_PRECONDITION',
          message: `evaluate call to endorser returned error: ${said}`,
          details: [{ mspId: 'MakerMSP', message: said }],
        }),
      );
    });

    test('endorsers that the network does not have: refused', async () => {
      const { maker } = current();
      const { signed } = await maker.propose({ args: ['run', '[["echo",1]]'] });
      expect(
        await refusalOf(maker.rawEndorse(signed, ['StrangeMSP', 'MakerMSP', 'OtherMSP'])),
      ).toEqual(
        refusal({
          code: 'UNAVAILABLE',
          message: 'failed to find any endorsing peers for org(s): StrangeMSP, OtherMSP',
        }),
      );
      expect(await refusalOf(maker.rawEvaluate(signed, ['StrangeMSP']))).toEqual(
        refusal({
          code: 'FAILED_PRECONDITION',
          message: 'no peers available to evaluate chaincode probe in channel passport',
        }),
      );
    });
  });
}

function creatorOf(signed: peer.SignedProposal): string {
  const proposal = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  const signatureHeader = common.SignatureHeader.deserializeBinary(
    header.getSignatureHeader_asU8(),
  );
  return Buffer.from(signatureHeader.getCreator_asU8()).toString('hex');
}
