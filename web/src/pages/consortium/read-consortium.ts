import { type BlockSummary, readBlocks } from '@passport/ledger-client';
import {
  type Asset,
  assets,
  type Balance,
  type Member,
  organisationAccount,
  type ParameterHistory,
  parameterNames,
  parseMspId,
  type Source,
  type Supply,
} from '@passport/model';

import type { Portal } from '../../portal/open-portal.ts';
import type { MarketBooks } from './market-flows.ts';

/** A token: how much there is of it, and what members have. */
export type TokenState = { readonly supply: Supply; readonly members: readonly Balance[] };

/** The consortium as the ledger has it; undefined is what could not be read. */
export type ConsortiumState = {
  /** The member whose peer was asked. */
  readonly mspId: string;
  readonly members: readonly Member[] | undefined;
  readonly sources: readonly Source[] | undefined;
  readonly tokens: readonly TokenState[] | undefined;
  readonly markets: readonly MarketBooks[] | undefined;
  readonly parameters: readonly ParameterHistory[] | undefined;
  readonly blocks: readonly BlockSummary[] | undefined;
};

/** Reads it, with the blocks up to that one. */
export type ConsortiumDesk = { read(upTo: number | undefined): Promise<ConsortiumState> };

/** What is shown at most: blocks, and distributions of a market. */
const consortiumLimits = { blocks: 12, distributions: 50 } as const;

const BLOCKS_MS = 3_000;

type Ledger = Pick<Portal, 'mspId' | 'ledger' | 'client'>;

/** Reads at a member's peer what is public among members. `onTrouble` hears of what could not be read. */
export function consortiumDesk(open: Ledger, onTrouble: (error: unknown) => void): ConsortiumDesk {
  const { client } = open;
  const whenRead = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      // The page says what is missing; the rest of it stands.
      onTrouble(error);
      return undefined;
    }
  };
  return {
    read: async (upTo) => {
      const members = await whenRead(client.members.readMembers({}));
      /** What needs to know who the members are is as unread as they are. */
      const ofMembers = async <T>(
        reading: (of: readonly Member[]) => Promise<T>,
      ): Promise<T | undefined> => (members === undefined ? undefined : whenRead(reading(members)));
      const [sources, tokens, markets, parameters, blocks] = await Promise.all([
        whenRead(client.members.readSources({})),
        ofMembers((of) => Promise.all(assets.map((asset) => readToken(open, asset, of)))),
        ofMembers((of) => readMarkets(open, of)),
        whenRead(
          Promise.all(parameterNames.map((name) => client.parameters.readParameter({ name }))),
        ),
        upTo === undefined ? undefined : whenRead(readNewest(open, upTo)),
      ]);
      return { mspId: open.mspId, members, sources, tokens, markets, parameters, blocks };
    },
  };
}

async function readToken(
  { client }: Ledger,
  asset: Asset,
  members: readonly Member[],
): Promise<TokenState> {
  const [supply, ...balances] = await Promise.all([
    client.tokens.readSupply({ asset }),
    ...members.map(({ mspId }) =>
      client.tokens.readBalance({ asset, account: organisationAccount(parseMspId(mspId)) }),
    ),
  ]);
  return { supply, members: balances };
}

async function readMarkets(ledger: Ledger, members: readonly Member[]): Promise<MarketBooks[]> {
  const operators = members.filter(({ roles }) => roles.includes('operator'));
  const books = await Promise.all(operators.map(({ mspId }) => readBooks(ledger, mspId)));
  return books.filter(({ settlements }) => settlements.length > 0);
}

async function readBooks({ client }: Ledger, mspId: string): Promise<MarketBooks> {
  const operator = parseMspId(mspId);
  const pool = await client.market.readOwnersPool({ operator });
  const first = Math.max(1, pool.distribution - consortiumLimits.distributions + 1);
  const from = Math.max(1, first - 1);
  const all = await client.market.readDistributions({ operator, from });
  const before = first > 1 ? all.find(({ number }) => number === first - 1) : undefined;
  const distributions = all.filter(({ number }) => number >= first);
  const settlements = await client.market.readSettlements({
    operator,
    from: distributions[0]?.settlements.first ?? 1,
  });
  return { operator, distributions, before, settlements };
}

function readNewest({ ledger }: Ledger, upTo: number): Promise<BlockSummary[]> {
  const first = Math.max(0, upTo - consortiumLimits.blocks + 1);
  return readBlocks(ledger, BigInt(first), BigInt(upTo), AbortSignal.timeout(BLOCKS_MS));
}
