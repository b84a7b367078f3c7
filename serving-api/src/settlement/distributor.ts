import { createHmac } from 'node:crypto';

import type { ContributionArchive } from '@passport/batch-layer';
import {
  amountOf,
  type Digest,
  type Distribution,
  type DistributionFile,
  LANES,
  type LedgerId,
  marketLimits,
  microOf,
  type MspId,
  PassportError,
  type Settlement,
  type SoldLine,
  UNASSIGNED,
} from '@passport/model';
import type { Logger } from '@passport/runtime';

import type { SettlementFiles } from './settlement-files.ts';
import type { SharingLedger } from './settlement-ledger.ts';
import { commandIdOf } from './settler.ts';
import { shareOut, treeOf } from './share-out.ts';
import { type AnswerScope, type OpenReference, scopeOf, soldAnswers } from './sold-answers.ts';
import { type ScopedAnswer, weighAnswers } from './weigh.ts';

/** What sharing out takes. */
export type DistributorOptions = {
  readonly operator: MspId;
  readonly place: { readonly ledger: LedgerId };
  readonly files: SettlementFiles;
  readonly ledger: SharingLedger;
  readonly archive: ContributionArchive;
  readonly openReference: OpenReference;
  /** Salts of leaves follow from it: the same distribution has the same root, and nobody else knows them. */
  readonly saltKey: Uint8Array;
  readonly logger: Logger;
};

/**
 * Shares out what was settled. What it comes to is in the object store before the ledger has its root. Any server
 * of the operator may do it, and do it again: the ledger takes the next number once.
 */
export class Distributor {
  readonly #options: DistributorOptions;

  constructor(options: DistributorOptions) {
    this.#options = options;
  }

  /**
   * Shares out what is settled and can be weighed; answers how many distributions that took. Throws PassportError
   * `NOT_READY` where ledger or archive cannot tell yet, and what the store throws.
   */
  async distributeAll(): Promise<number> {
    for (let count = 0; ; count += 1) {
      const before = (await this.#options.ledger.distributions()).at(-1);
      const settlements = await this.#settled(before);
      if (settlements.length === 0) return count;
      const file = await this.#fileOf(before, settlements);
      if (file === undefined) return count;
      await this.#put(file);
    }
  }

  /** Settlements that nobody shared out yet: the next ones without a gap. */
  async #settled(before: Distribution | undefined): Promise<Settlement[]> {
    const first = (before?.settlements.last ?? 0) + 1;
    const all = await this.#options.ledger.settlementsFrom(first);
    const gap = all.findIndex(({ number }, place) => number !== first + place);
    return all.slice(0, gap === -1 ? undefined : gap).slice(0, marketLimits.settlements);
  }

  /** Undefined while the archive is not as far as the answers. */
  async #fileOf(
    before: Distribution | undefined,
    settlements: readonly Settlement[],
  ): Promise<DistributionFile | undefined> {
    const { operator, place, ledger, files, archive } = this.#options;
    const sold = await Promise.all(settlements.map((one) => this.#soldBy(one)));
    const answers = soldAnswers(
      settlements.map(({ number }, index) => ({ number, sold: sold[index] ?? [] })),
    );
    const at = await archive.watermark();
    if (at === undefined || answers.some(({ block }) => block > at.block)) return undefined;
    const scoped = await this.#scoped(answers);
    const [splits, members, holders] = await Promise.all([
      ledger.splits(),
      ledger.members(),
      files.holders(),
    ]);
    return shareOut({
      ...{ operator, ledger: place.ledger, number: (before?.number ?? 0) + 1, settlements, splits },
      members: members.filter(({ isActive }) => isActive).map(({ mspId }) => mspId),
      carried: microOf(before?.carried?.amount ?? amountOf(0n)),
      answers: await weighAnswers(scoped, archive, at),
      before: await this.#ownersOf(before),
      holderOf: (ref) => (ref === UNASSIGNED ? ref : (holders.get(ref) ?? ref)),
      saltOf: (holder) => this.#saltOf((before?.number ?? 0) + 1, holder),
    });
  }

  async #soldBy({ number, receipts }: Settlement): Promise<readonly SoldLine[]> {
    const sold = await this.#options.files.settlement(number, receipts.root);
    if (sold !== undefined) return sold;
    throw new PassportError('NOT_READY', `the receipts of settlement ${number} are not there`);
  }

  async #scoped(answers: ReturnType<typeof soldAnswers>): Promise<ScopedAnswer[]> {
    const views = new Map<string, readonly string[]>();
    const scoped: ScopedAnswer[] = [];
    for (const answer of answers) {
      const { product, productVersion } = answer;
      const name = `${product} ${productVersion}`;
      const known =
        views.get(name) ?? (await this.#options.ledger.viewsOf(product, productVersion));
      views.set(name, known);
      const [sale] = answer.sales;
      const open = (reference: string) =>
        sale && this.#options.openReference(sale.receipt.buyer, reference);
      const scope: AnswerScope = scopeOf(answer.kind, answer.asked, known, open);
      scoped.push({ answer, scope });
    }
    return scoped;
  }

  async #ownersOf(before: Distribution | undefined): Promise<DistributionFile['owners']> {
    if (before === undefined) return [];
    const file = await this.#options.files.distribution(before.number, before.root.hash);
    if (file !== undefined) return file.owners;
    throw new PassportError(
      'NOT_READY',
      `the owners of distribution ${before.number} are not there`,
    );
  }

  #saltOf(number: number, holder: string): Digest {
    const hmac = createHmac('sha256', this.#options.saltKey);
    return hmac.update(`${number}|${holder}`, 'utf8').digest('hex') as Digest;
  }

  async #put(file: DistributionFile): Promise<void> {
    const { files, ledger, logger } = this.#options;
    const { number, through, sources } = file;
    const { root } = treeOf(file);
    await files.putDistribution(number, root.hash, file);
    const request = {
      ...{ number, through, root, lane: number % LANES },
      sources: sources.map(({ mspId, weight }) => ({ mspId, weight: weight as never })),
    };
    try {
      await ledger.distribute({ commandId: commandIdOf('distribute', request), ...request });
    } catch (error) {
      // Another server was faster: the next look finds its distribution.
      if (!(error instanceof PassportError) || error.code !== 'DISTRIBUTION_WRONG') throw error;
      return;
    }
    logger.info({ event: 'settlement.distributed', number, through, owners: root.count });
  }
}
