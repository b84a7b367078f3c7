import { afterAll, beforeAll, describe } from 'vitest';

import type { StartNetwork, TestNetwork } from '../harness/test-network.ts';
import type { PassportFixture } from '../passport/passport-fixture.ts';
import { Fixture } from './fixture.ts';
import { foundOnce } from './passport-network.ts';
import { describeBadEnvelopes } from './scenarios/bad-input/bad-envelopes.ts';
import { describeBadProposals } from './scenarios/bad-input/bad-proposals.ts';
import { describeBadRequests } from './scenarios/bad-input/bad-requests.ts';
import { describeFailingChaincode } from './scenarios/bad-input/failing-chaincode.ts';
import { describeOversize } from './scenarios/bad-input/oversize.ts';
import { describeBlocks } from './scenarios/blocks.ts';
import { describeChaincodeCalls } from './scenarios/chaincode-calls.ts';
import { describeChaincodeEvents } from './scenarios/chaincode-events.ts';
import { describeDeliver } from './scenarios/deliver.ts';
import { describeKeyLevelEndorsement } from './scenarios/key-level-endorsement.ts';
import { describeConsents } from './scenarios/passport/consents.ts';
import { describeLogBooks } from './scenarios/passport/log-books.ts';
import { describeMarket } from './scenarios/passport/market.ts';
import { describeMoney } from './scenarios/passport/money.ts';
import { describeSealing } from './scenarios/passport/sealing.ts';
import { describeQueries } from './scenarios/queries.ts';
import { describeReadWriteSets } from './scenarios/read-write-sets.ts';
import { describeSystemChaincodes } from './scenarios/system-chaincodes.ts';
import { describeValidation } from './scenarios/validation.ts';

const START_MS = 180_000;

/**
 * The conformance suite: what an application, or a chaincode, can see of a Fabric network. What it
 * expects is what real Fabric 2.5.16 did; the same scenarios run on every network.
 */
export function describeConformance(name: string, start: StartNetwork): void {
  describe(`conformance of ${name}`, () => {
    let network: TestNetwork | undefined;
    let fixture: Fixture | undefined;
    beforeAll(async () => {
      network = await start();
      fixture = new Fixture(network);
    }, START_MS);
    afterAll(async () => {
      fixture?.close();
      await network?.stop();
    }, START_MS);
    const current = (): Fixture => {
      if (fixture === undefined) throw new Error('the network has not started');
      return fixture;
    };
    describeReadWriteSets(current);
    describeQueries(current);
    describeChaincodeCalls(current);
    describeValidation(current);
    describeKeyLevelEndorsement(current);
    describeChaincodeEvents(current);
    describeBlocks(current);
    describeDeliver(current);
    describeSystemChaincodes(current);
    describeBadProposals(current);
    describeBadEnvelopes(current);
    describeBadRequests(current);
    describeFailingChaincode(current);
    describeOversize(current);

    let consortium: PassportFixture | undefined;
    const passport = (): PassportFixture => {
      if (consortium === undefined) throw new Error('the consortium was not founded');
      return consortium;
    };
    describe('the contracts', () => {
      beforeAll(async () => {
        consortium = await foundOnce(current());
      }, START_MS);
      afterAll(() => consortium?.close());
      describeLogBooks(passport, current);
      describeMoney(passport);
      describeMarket(passport, current);
      describeConsents(passport);
      describeSealing(passport);
    });
  });
}
