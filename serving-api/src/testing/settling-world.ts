import {
  type BatchContributions,
  type ContributionArchive,
  emptyArchive,
  type ObjectStore,
  type Watermark,
} from '@passport/batch-layer';
import {
  type Amount,
  amountOf,
  canonicalJson,
  defaultMarket,
  type Distribution,
  instantOf,
  microOf,
  parseMspId,
  PassportError,
  redistribute,
  type Settlement,
  type Tab,
  voucherClaims,
} from '@passport/model';

import type { JournalDisk } from '../journal/journal-disk.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { Distributor } from '../settlement/distributor.ts';
import { SettlementFiles } from '../settlement/settlement-files.ts';
import type { SettlementLedger } from '../settlement/settlement-ledger.ts';
import { Settler } from '../settlement/settler.ts';
import type { EarningsDesk } from '../settlement/statement.ts';
import { type MarketWorld, operator } from './market-world.ts';
import { Died } from './mortal-disk.ts';
import { quiet } from './quiet-logger.ts';

/** Where a process ends in one of its calls: before it has happened, or behind it, so that nobody hears. */
export type Death = 'before' | 'behind' | undefined;

const members = ['GarageMSP', 'InsurerMSP', 'MakerMSP'].map((name) => parseMspId(name));
const saltKey = Buffer.alloc(32, 7);

/** A ledger that settles and shares out, and an object store, both in memory; processes come and go. */
export class SettlingWorld {
  readonly market: MarketWorld;
  readonly settlements: Settlement[] = [];
  readonly distributions: Distribution[] = [];
  readonly objects = new Map<string, Uint8Array>();
  /** Who is in the batches that everything sold is made of. */
  contributions: BatchContributions[] = [];
  /** The archive goes up to this block. */
  archivedTo = 7;
  /** Commands that were executed, by id. */
  readonly #commands = new Map<string, { readonly payload: string; readonly answer: unknown }>();
  /** Tabs that were given back. */
  readonly released: string[] = [];

  constructor(market: MarketWorld) {
    this.market = market;
  }

  /** The parts of one process, which ends where `death` says so. */
  async open(desk: MarketDesk, disk: JournalDisk, death: () => Death = () => undefined) {
    const ledger = this.ledger(death);
    const files = new SettlementFiles(this.#store(death), operator);
    const { journal, now, place } = desk;
    const settler = await Settler.open({ journal, disk, files, ledger, logger: quiet, now });
    const archive = this.#archive();
    const openReference = () => undefined;
    const sharing = {
      ...{ operator, place, files, ledger, archive, saltKey, logger: quiet, openReference },
    };
    const earnings: EarningsDesk = { operator, ledgerName: place.ledger, files, ledger };
    return { settler, distributor: new Distributor(sharing), earnings, files };
  }

  ledger(death: () => Death = () => undefined): SettlementLedger {
    const call = <T>(work: () => T): Promise<T> => calling(death, work);
    const once = <T>(request: { readonly commandId: string }, work: () => T): Promise<T> =>
      call(() => this.#once(request, work));
    return {
      readTab: (buyer, tab) => call(() => this.#tab(`${buyer} ${tab}`)),
      settlementsFrom: (from) => call(() => this.settlements.filter((one) => one.number >= from)),
      settle: (request) =>
        once(request, () => {
          this.#settle(request);
          return { block: BigInt(100 + request.number) };
        }),
      refund: ({ buyer, tab }, commandId) =>
        once({ commandId }, () => {
          const known = this.#tab(`${buyer} ${tab}`);
          const left = microOf(known.escrow) - microOf(known.settled);
          const closed = { ...known, status: 'closed', refunded: amountOf(left) } as const;
          this.market.tabs.set(`${buyer} ${tab}`, closed);
          this.released.push(tab);
        }),
      distributions: () => call(() => [...this.distributions]),
      distribute: (request) => once(request, () => this.#distribute(request)),
      splits: () => call(() => new Map([[0, defaultMarket.split]])),
      members: () => call(() => members.map((mspId) => ({ mspId, isActive: true }))),
      viewsOf: () => call(() => ['usage']),
      claims: (owner) => call(() => ({ operator, owner, claimed: amountOf(0n), distribution: 0 })),
      pool: () =>
        call(() => {
          const paidIn = this.distributions.at(-1)?.root.sum ?? amountOf(0n);
          const { length: distribution } = this.distributions;
          return { operator, distribution, paidIn, lanes: [{ lane: 0, amount: paidIn }] };
        }),
      supply: () =>
        call(() => {
          const [minted, burned] = [amountOf(10n), amountOf(0n)];
          return { asset: 'PCC', minted, burned, supply: minted, reserve: null };
        }),
      claim: () => call((): { readonly paid: Amount } => ({ paid: amountOf(1n) })),
    };
  }

  #once<T>(request: { readonly commandId: string }, work: () => T): T {
    const payload = canonicalJson(request);
    const known = this.#commands.get(request.commandId);
    if (known !== undefined) {
      if (known.payload !== payload) throw new Error('a command id stands for something else');
      return known.answer as T;
    }
    const answer = work();
    this.#commands.set(request.commandId, { payload, answer });
    return answer;
  }

  #settle({ number, receipts, products, tabs }: Parameters<SettlementLedger['settle']>[0]): void {
    if (this.settlements.some((one) => one.number === number)) {
      throw new PassportError('SETTLEMENT_KNOWN', `there is a settlement ${number}`);
    }
    const settled = tabs.map(({ voucher, claimed }, index) => {
      const [, claims = ''] = voucher.split('.');
      const read = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as unknown;
      const { iss, sub, amount, seq } = voucherClaims.parse(read);
      const tab = this.#tab(`${iss} ${sub}`);
      const micro = microOf(claimed) - microOf(tab.settled);
      const isGood =
        micro > 0n &&
        microOf(claimed) <= microOf(amount) &&
        microOf(claimed) <= microOf(tab.escrow) &&
        seq >= tab.sequence &&
        tab.status !== 'closed';
      if (!isGood) throw new PassportError('CLAIM_SETTLED', 'it is no good', `/tabs/${index}`);
      return { tab, sequence: seq, claimed, micro };
    });
    const taken = settled.reduce((sum, { micro }) => sum + micro, 0n);
    const sold = products.reduce((sum, { amount }) => sum + microOf(amount), 0n);
    if (taken !== microOf(receipts.sum) || taken !== sold) {
      throw new PassportError('RECEIPTS_WRONG', `${taken}, ${receipts.sum}, ${sold}`);
    }
    for (const { tab, sequence, claimed } of settled) {
      const after: Tab = { ...tab, settled: claimed, sequence };
      this.market.tabs.set(`${tab.buyer} ${tab.tab}`, after);
    }
    const credit = { transactionId: 'a'.repeat(64), leg: 0 };
    this.settlements.push({
      ...{ operator, number, receipts, products, credit },
      settledAt: instantOf(this.market.nowMs),
      tabs: settled.map(({ tab: { buyer, tab, pinned }, sequence, micro }) => {
        return { buyer, tab, pinned, sequence, taken: amountOf(micro) };
      }),
      bySplit: [{ version: 0, amount: amountOf(taken) }],
    });
  }

  #distribute(request: Parameters<SettlementLedger['distribute']>[0]): Distribution {
    const { number, through, root, sources } = request;
    const before = this.distributions.at(-1);
    const first = (before?.settlements.last ?? 0) + 1;
    const own = this.settlements.filter((one) => one.number >= first && one.number <= through);
    if (number !== this.distributions.length + 1 || own.length !== through - first + 1) {
      throw new PassportError('DISTRIBUTION_WRONG', `${number} is not the next one`);
    }
    const taken = own.reduce((sum, { receipts }) => sum + microOf(receipts.sum), 0n);
    const shared = redistribute({
      // Each settlement's parts are rounded together, as of one version of the split.
      taken: [{ split: defaultMarket.split, micro: taken }],
      carried: microOf(before?.carried?.amount ?? amountOf(0n)),
      sources: sources.map(({ mspId, weight }) => ({ mspId, weight: BigInt(weight) })),
      ...{ members, operator },
    });
    if (microOf(root.sum) !== microOf(before?.root.sum ?? amountOf(0n)) + shared.owners) {
      throw new PassportError('OWNERS_SUM_WRONG', `${root.sum} is not what was paid in`);
    }
    const credit = { transactionId: 'b'.repeat(64), leg: 0 };
    const distribution: Distribution = {
      ...{ operator, number, root, distributedAt: instantOf(this.market.nowMs) },
      ...{ settlements: { first, last: through }, taken: amountOf(taken) },
      owners: amountOf(shared.owners),
      legs: shared.payouts.map(({ to, micro, as }) => ({ to, amount: amountOf(micro), as })),
      carried: shared.carried === 0n ? null : { amount: amountOf(shared.carried), credit },
    };
    this.distributions.push(distribution);
    return distribution;
  }

  #tab(name: string): Tab {
    const tab = this.market.tabs.get(name);
    if (tab === undefined) throw new PassportError('TAB_UNKNOWN', 'no such tab');
    return tab;
  }

  #archive(): ContributionArchive {
    return {
      ...emptyArchive,
      watermark: () => Promise.resolve(watermarkAt(this.archivedTo)),
      contributions: (_, upTo) => {
        const all = this.contributions.filter(({ block }) => block <= upTo);
        return (async function* () {
          await Promise.resolve();
          yield all;
        })();
      },
    };
  }

  #store(death: () => Death): ObjectStore {
    const bytesAt = (key: string) => calling(death, () => this.objects.get(key));
    return {
      put: (key, content) =>
        calling(death, () => {
          if (!(content instanceof Uint8Array)) throw new Error('no file is stored here');
          this.objects.set(key, content);
        }),
      get: bytesAt,
      size: async (key) => (await bytesAt(key))?.byteLength,
      list: (prefix) =>
        calling(death, () =>
          [...this.objects.keys()]
            .filter((key) => key.startsWith(prefix))
            .sort()
            .map((key) => ({ key, bytes: 0, modifiedAtMs: 0 })),
        ),
      delete: () => Promise.reject(new Error('nothing is deleted')),
      fetchTo: () => Promise.reject(new Error('nothing is fetched')),
      localPath: () => undefined,
      close: () => Promise.resolve(),
    };
  }
}

/** A batch of the view `usage` with so many events of owners, and of sources by their quality. */
export function contribution(
  block: number,
  brand: string,
  owners: Readonly<Record<string, number>>,
  sources: Readonly<Record<string, readonly [events: number, quality: number]>>,
): BatchContributions {
  return {
    ...{ view: 'usage', block, dimensions: ['2026-01-01', brand, '*', '*', '*', '*', 'dt'] },
    owners: Object.entries(owners).map(([owner, events]) => ({ owner, events: BigInt(events) })),
    sources: Object.entries(sources).map(([source, [events, quality]]) => ({
      ...{ source, events: BigInt(events), points: BigInt(events * quality) },
    })),
  };
}

function watermarkAt(block: number): Watermark {
  return {
    ...{ ledger: 'fabric:a', block, edition: 0, hash: '7', ledgerTimeMs: 7, epochBlocks: 4 },
    ...{ partitions: 1, definitions: 1, tables: {} },
  };
}

async function calling<T>(death: () => Death, work: () => T): Promise<T> {
  const when = death();
  await Promise.resolve();
  if (when === 'before') throw new Died();
  const answer = work();
  if (when === 'behind') throw new Died();
  return answer;
}
