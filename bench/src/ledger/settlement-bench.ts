import type { EndorsedTransaction } from '@passport/ledger-client';
import { amountOf } from '@passport/model';
import { type Buyer, MarketFixture } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import { startLedgerNetwork } from './ledger-network.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

const BUYERS = 100;
const QUERIES_OF_BUYER = 50;
const PRICE = 2_000n;
const TAB = 1_000_000n;

/**
 * Buyers who open tabs in one block, and one transaction that settles them all while as many others open
 * theirs: none may get in another's way.
 */
export async function settlementBench(say: (line: string) => void): Promise<Figure[]> {
  // A block is cut when the last one is there, and not before.
  const network = await startLedgerNetwork({ timeoutMs: 1_000, maxMessageCount: BUYERS + 1 });
  try {
    const market = await MarketFixture.prepare(network.fixture);
    const keys = await market.fundBuyers(2 * BUYERS, TAB);
    const [first, second] = [keys.slice(0, BUYERS), keys.slice(BUYERS)];
    const opened = await outcomesOf(await endorseOpenings(market, first));
    const buyers = await Promise.all(
      first.map(async (key): Promise<Buyer> => {
        const [tab] = await network.fixture.members.MakerMSP.user.market.readTabs({
          buyer: key.keyId,
        });
        if (tab === undefined) throw new Error('a buyer has no tab');
        return { key, tab };
      }),
    );
    const startedAt = performance.now();
    const settlement = await endorseSettlement(market, buyers);
    const endorsedMs = performance.now() - startedAt;
    const both = await outcomesOf([settlement, ...(await endorseOpenings(market, second))]);
    const queries = BUYERS * QUERIES_OF_BUYER;
    const all = [...opened, ...both];
    const conflicts = all.filter(({ code }) => code === 'TRANSACTION_CONFLICT').length;
    const valid = all.filter(({ code }) => code === 'VALID').length;
    const blocks = new Set(both.map(({ block }) => block)).size;
    say(`${valid} of ${all.length} transactions valid, ${conflicts} conflicts`);
    say(`${queries} queries of ${BUYERS} buyers settled by 1 transaction`);
    return [
      {
        figure: `buyers open tabs, twice ${BUYERS} at once, and a settlement among them: valid`,
        value: valid,
        unit: 'tx',
        target: { atLeast: 2 * BUYERS + 1 },
      },
      { figure: 'conflicts among them', value: conflicts, unit: 'tx', target: { atMost: 0 } },
      { figure: 'blocks of the second half and the settlement', value: blocks, unit: '' },
      {
        figure: `queries settled by one transaction, of ${BUYERS} tabs`,
        value: both[0]?.code === 'VALID' ? queries : 0,
        unit: 'queries',
        target: { atLeast: 1_000 },
      },
      {
        figure: `endorsement of that settlement by the policy's organisations`,
        value: endorsedMs,
        unit: 'ms',
      },
    ];
  } finally {
    await network.stop();
  }
}

function endorseOpenings(
  market: MarketFixture,
  keys: readonly Buyer['key'][],
): Promise<EndorsedTransaction[]> {
  return Promise.all(
    keys.map(async (key) =>
      endorse(market, 'openTab', { command: await market.opening(key, TAB) }),
    ),
  );
}

async function endorseSettlement(
  market: MarketFixture,
  buyers: readonly Buyer[],
): Promise<EndorsedTransaction> {
  const owed = PRICE * BigInt(QUERIES_OF_BUYER);
  const tabs = await Promise.all(
    buyers.map(async (buyer) => ({
      voucher: await market.voucher(buyer, owed, QUERIES_OF_BUYER),
      claimed: amountOf(owed),
    })),
  );
  const queries = BUYERS * QUERIES_OF_BUYER;
  const request = market.settlement(1, owed * BigInt(BUYERS), queries, tabs);
  return endorse(market, 'settle', request);
}

function endorse(market: MarketFixture, transaction: string, request: object) {
  return market.passport.members.MakerMSP.ledger.endorse({
    chaincode: 'passport',
    contract: 'Market',
    transaction,
    args: [JSON.stringify({ ...market.id(), ...request })],
  });
}

function outcomesOf(transactions: readonly EndorsedTransaction[]): Promise<Outcome[]> {
  return Promise.all(transactions.map((transaction) => outcomeOf(transaction)));
}
