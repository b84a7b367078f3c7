import { createHash } from 'node:crypto';

import {
  amountOf,
  type CommandId,
  canonicalJson,
  instantOf,
  type JsonValue,
  parseCommandId,
  PassportError,
  phaseOf,
  type SoldLine,
} from '@passport/model';
import type { Logger } from '@passport/runtime';

import type { JournalDisk } from '../journal/journal-disk.ts';
import type { DebitJournal } from '../market/debit-journal.ts';
import {
  type KnownTab,
  type Owing,
  owingOf,
  planSettlement,
  returnedBy,
} from './plan-settlement.ts';
import type { SettlementFiles } from './settlement-files.ts';
import type { SettlingLedger } from './settlement-ledger.ts';
import { readState, type SettlerState, type UnderWay, writeState } from './settler-state.ts';
import { type OfTab, tabKey } from './of-tab.ts';

/** Lines of the journal that one settlement takes up at most. */
const LINES_MAX = 20_000;
/** Tabs that are read at once. */
const READS = 16;

/** What settling takes. */
export type SettlerOptions = {
  readonly journal: DebitJournal;
  /** The journal's own. */
  readonly disk: JournalDisk;
  readonly files: SettlementFiles;
  readonly ledger: SettlingLedger;
  readonly logger: Logger;
  readonly now: () => Date;
};

/**
 * Takes what tabs owe, as the journal has it. Before the ledger is asked, the whole request is on the disk, and
 * what it sells in the object store; its command id is made of its content. So whoever dies at any point goes on
 * with the same command, which executes once.
 */
export class Settler {
  readonly #options: SettlerOptions;
  #state: SettlerState;
  /** The newest settlement of the operator that it knows of. */
  #newest = 0;
  /** Tabs that their buyers want closed. */
  readonly #closing = new Map<string, OfTab>();

  private constructor(options: SettlerOptions, state: SettlerState) {
    this.#options = options;
    this.#state = state;
    if (state.under !== null) options.journal.reserve(state.under.upTo);
  }

  /** Opens it beside its journal. Throws PassportError for a state that it has not written. */
  static async open(options: SettlerOptions): Promise<Settler> {
    return new Settler(options, await readState(options.disk));
  }

  /** Sales of lines that the journal counts as settled, but that could not be taken: they stay owed. */
  get owed(): readonly SoldLine[] {
    return this.#state.under?.owed ?? this.#state.owed;
  }

  /** A buyer wants a tab closed: it is given back once what it owes is taken. */
  noteClosing({ buyer, tab }: OfTab): void {
    this.#closing.set(tabKey({ buyer, tab }), { buyer, tab });
  }

  /**
   * Settles all that can be settled now; answers how many settlements that took. Throws PassportError
   * `NOT_READY` where the ledger is away, and what the store throws: the next round goes on from there.
   */
  async settleAll(): Promise<number> {
    for (let settled = 0; ; settled += 1) {
      const under = this.#state.under ?? (await this.#plan());
      if (under === undefined) {
        await this.#release();
        return settled;
      }
      await this.#carryOut(under);
    }
  }

  /** The next settlement, written down; undefined where nothing is to be done. */
  async #plan(): Promise<UnderWay | undefined> {
    const { journal, now } = this.#options;
    const lines = journal.settleable.slice(0, LINES_MAX);
    const upTo = lines.at(-1)?.seq ?? journal.settledUpTo;
    // From here on nothing of these lines is given back: what is taken for them is what they say.
    journal.reserve(upTo);
    const owing = owingOf(this.#state.owed, lines, journal.unsettled);
    const known = await this.#tabsOf(owing);
    const time = instantOf(now().getTime());
    for (const { tab } of known.values())
      if (phaseOf(tab, time) === 'closing') this.noteClosing(tab);
    const { terms, sold, tabs, owed } = planSettlement(owing, known, time);
    if (terms === null && lines.length === 0) return undefined;
    const under: UnderWay = {
      number: terms === null ? this.#newest + 1 : await this.#nextNumber(),
      upTo,
      terms: terms && { ...terms, products: [...terms.products], tabs: [...terms.tabs] },
      ...{ sold: [...sold], tabs: [...tabs], owed: [...owed] },
    };
    await this.#write({ ...this.#state, under });
    return under;
  }

  /** Carries a settlement out, from wherever the process before has come to. */
  async #carryOut(under: UnderWay): Promise<void> {
    const { journal, files, ledger, logger, now } = this.#options;
    const { number, upTo, terms, sold, owed } = under;
    if (terms !== null) {
      const { root } = terms.receipts;
      await files.putSettlement(number, root, sold);
      try {
        const request = { number, ...terms };
        const { block } = await ledger.settle({
          commandId: commandIdOf('settle', request),
          ...request,
        });
        await files.noteSettled(number, root, block);
      } catch (error) {
        if (!(error instanceof PassportError)) throw error;
        await this.#refused(under, error);
        return;
      }
      logger.info({
        event: 'settlement.settled',
        number,
        queries: sold.length,
        tabs: terms.tabs.length,
      });
    }
    if (journal.settledUpTo < upTo) {
      // The journal forgets them: who bought is told of them from here.
      for (const one of returnedBy(upTo, journal.unsettled)) await files.putReturned(one);
      await journal.settle(upTo, now().getTime());
    }
    await this.#write({ ...this.#state, under: null, owed });
  }

  /**
   * The ledger has refused it, so nothing of it has happened. A number that another server took is replaced; a tab
   * that is to blame waits for a newer voucher. Throws the refusal where neither helps.
   */
  async #refused(under: UnderWay, error: PassportError): Promise<void> {
    const { logger, journal } = this.#options;
    if (error.code === 'SETTLEMENT_KNOWN') {
      const number = await this.#nextNumber();
      await this.#write({ ...this.#state, under: { ...under, number } });
      return;
    }
    const blamed = under.tabs[Number(/^\/tabs\/(\d+)/.exec(error.pointer ?? '')?.[1] ?? -1)];
    if (blamed === undefined) throw error;
    const { charged = 0n, accepted = null } = journal.durableOf(blamed) ?? {};
    logger.error({ event: 'settlement.tab_refused', tab: blamed.tab, code: error.code });
    const refusal = { seq: accepted?.seq ?? 0, charged: amountOf(charged), code: error.code };
    const refused = { ...this.#state.refused, [tabKey(blamed)]: refusal };
    await this.#write({ ...this.#state, under: null, refused });
  }

  /** The number behind all settlements of the operator, whichever server made them. */
  async #nextNumber(): Promise<number> {
    for (;;) {
      const page = await this.#options.ledger.settlementsFrom(this.#newest + 1);
      const last = page.at(-1);
      if (last === undefined) return this.#newest + 1;
      this.#newest = last.number;
    }
  }

  /** Tabs as they are on the ledger, but for those whose newest voucher it has refused. */
  async #tabsOf(owing: readonly Owing[]): Promise<ReadonlyMap<string, KnownTab>> {
    const { journal, ledger } = this.#options;
    const known = new Map<string, KnownTab>();
    const waiting = [...owing];
    const read = async (): Promise<void> => {
      for (let of = waiting.shift(); of !== undefined; of = waiting.shift()) {
        const accepted = journal.durableOf(of)?.accepted ?? null;
        const refusal = this.#state.refused[tabKey(of)];
        if (refusal !== undefined && (accepted?.seq ?? 0) <= refusal.seq) continue;
        known.set(tabKey(of), { tab: await ledger.readTab(of.buyer, of.tab), accepted });
      }
    };
    await Promise.all(Array.from({ length: READS }, read));
    return known;
  }

  /** Gives back what is left of tabs that are being closed and owe nothing. */
  async #release(): Promise<void> {
    const { ledger, journal, logger } = this.#options;
    const owes = new Set(owingOf(this.#state.owed, journal.unsettled).map(tabKey));
    for (const [name, tab] of this.#closing) {
      if (owes.has(name)) continue;
      try {
        await ledger.refund(tab, commandIdOf('release', tab));
        logger.info({ event: 'settlement.tab_released', tab: tab.tab });
      } catch (error) {
        // Somebody else was faster, or it is open again in the name of another one: nothing is owed to it.
        if (!(error instanceof PassportError) || error.code !== 'TAB_REFUSED') throw error;
      }
      this.#closing.delete(name);
    }
  }

  async #write(state: SettlerState): Promise<void> {
    await writeState(this.#options.disk, state);
    this.#state = state;
  }
}

/** The id of a command that is made of its content: the same content is the same command. */
export function commandIdOf(what: string, content: object): CommandId {
  const text = canonicalJson(content as JsonValue);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 48);
  return parseCommandId(`${what}-${digest}`);
}
