import { LedgerError, type PassportClient } from '@passport/ledger-client';
import {
  type Amount,
  type CommandId,
  type Contracts,
  type Distribution,
  isErrorCode,
  type KeyId,
  type MarketSplit,
  marketSplit,
  type MspId,
  type OwnerClaims,
  type OwnersPool,
  parse,
  PassportError,
  type ProductId,
  type RequestOf,
  type Settlement,
  type Supply,
  type Tab,
} from '@passport/model';
import { type OfTab } from './of-tab.ts';

type Market = Contracts['Market'];

/** Where a command is on the ledger. */
export type OnLedger = { readonly block: bigint };

/** What settling needs of the ledger, as its operator. Every call throws PassportError, as the contract does. */
export interface SettlingLedger {
  readTab(buyer: KeyId, tab: CommandId): Promise<Tab>;
  /** Settlements from a number on, in their order, as many as one answer has. */
  settlementsFrom(number: number): Promise<readonly Settlement[]>;
  settle(request: RequestOf<Market['settle']>): Promise<OnLedger>;
  /** Gives back what is left of a tab. */
  refund(tab: OfTab, commandId: CommandId): Promise<void>;
}

/** What sharing out needs of it. */
export interface SharingLedger extends Pick<SettlingLedger, 'settlementsFrom'> {
  /** All distributions, in the order of their numbers. */
  distributions(): Promise<readonly Distribution[]>;
  distribute(request: RequestOf<Market['distribute']>): Promise<Distribution>;
  /** Versions of the split, by number. */
  splits(): Promise<ReadonlyMap<number, MarketSplit>>;
  /** Members that get a part; the active ones. */
  members(): Promise<readonly { readonly mspId: MspId; readonly isActive: boolean }[]>;
  /** Views that a version of a product is made of. */
  viewsOf(product: ProductId, version: number): Promise<readonly string[]>;
}

/** What statements need of it. */
export interface EarningsLedger {
  claims(owner: KeyId): Promise<OwnerClaims>;
  pool(): Promise<OwnersPool>;
  supply(): Promise<Supply>;
  claim(
    request: Omit<RequestOf<Market['claim']>, 'operator' | 'commandId'> & {
      readonly commandId: CommandId;
    },
  ): Promise<{ readonly paid: Amount }>;
}

/** All of it. */
export type SettlementLedger = SettlingLedger & SharingLedger & EarningsLedger;

/** The ledger through the typed calls of its contracts, as an operator. */
export function passportSettlementLedger(
  { market, members, parameters, tokens }: PassportClient,
  operator: MspId,
): SettlementLedger {
  return {
    readTab: (buyer, tab) => answered(() => market.readTab({ buyer, tab })),
    settlementsFrom: (from) => answered(() => market.readSettlements({ operator, from })),
    settle: (request) =>
      answered(async () => ({ block: (await market.settle(request)).blockNumber })),
    refund: ({ buyer, tab }, commandId) =>
      answered(async () => void (await market.refundTab({ commandId, buyer, tab }))),
    distributions: () =>
      answered(async () => {
        const all: Distribution[] = [];
        for (;;) {
          const from = (all.at(-1)?.number ?? 0) + 1;
          const page = await market.readDistributions({ operator, from });
          if (page.length === 0) return all;
          all.push(...page);
        }
      }),
    distribute: (request) => answered(async () => (await market.distribute(request)).answer),
    splits: () =>
      answered(async () => {
        const { current, versions } = await parameters.readParameter({ name: 'market.split' });
        const all = [current, ...versions];
        return new Map(all.map(({ version, value }) => [version, parse(marketSplit, value)]));
      }),
    members: () =>
      answered(async () => {
        const all = await members.readMembers({});
        return all.map(({ mspId, status }) => ({ mspId, isActive: status === 'active' }));
      }),
    viewsOf: (product, version) =>
      answered(async () => (await market.readProduct({ product, version })).descriptor.views),
    claims: (owner) => answered(() => market.readOwnerClaims({ operator, owner })),
    pool: () => answered(() => market.readOwnersPool({ operator })),
    supply: () => answered(() => tokens.readSupply({ asset: 'PCC' })),
    claim: (request) => answered(async () => (await market.claim({ ...request, operator })).answer),
  };
}

/** The pointer to what is to blame, as a contract's error names it. */
const POINTER = / \(at (\/[^)]*)\)$/;

/** What the contract refuses, by its code; `NOT_READY` where it is not known what has happened. */
async function answered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message = '' } = error.chaincode ?? {};
    const failure =
      code !== undefined && isErrorCode(code)
        ? new PassportError(code, message.replace(POINTER, ''), POINTER.exec(message)?.[1])
        : new PassportError('NOT_READY', `the ledger does not answer: ${error.code}`);
    failure.cause = error;
    throw failure;
  }
}
