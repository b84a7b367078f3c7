import {
  amount,
  amountOf,
  acceptedVoucher,
  type CommandId,
  commandId,
  type Debit,
  debit,
  debitsAfter,
  debitsFrom,
  type Digest,
  keyId,
  type KeyId,
  microOf,
  millisecondsOf,
  parseJson,
  PassportError,
  type Receipt,
  type TabDebits,
} from '@passport/model';
import { z } from 'zod';

import { ChainLog, findLog, type FoundLog, type LogLimits } from '../journal/chain-log.ts';
import type { JournalDisk } from '../journal/journal-disk.ts';
import { JournalDamaged, type JournalFormat, type Link, NO_HASH } from '../journal/segment.ts';
import { type Handover, readHandover, writeHandover } from './handover.ts';

/** How large a journal of debits gets. */
export type DebitLimits = LogLimits & {
  /** Lines that no settlement has yet; when there are so many, nothing is sold. */
  readonly unsettledMax: number;
};

const defaultDebitLimits: DebitLimits = {
  unsettledMax: 2_000_000,
  groupBytes: 1024 * 1024,
  segmentBytes: 32 * 1024 * 1024,
  aheadBytes: 256 * 1024,
};

/** A key stands for the same purchase so long. */
const KEY_MS = 24 * 60 * 60 * 1000;

/** An answer leaves within so long after its line is on the disk, or never. */
const HANDOVER_MS = 60_000;

/** A line on its way to a settlement. */
export type DebitLink = Link<Debit>;

/** A purchase, as its key finds it. */
export type KnownSale = {
  readonly receipt: Receipt;
  readonly key: Digest;
  /** Whether its answer may not have left: it is on its way, or the process before ended just behind the line. */
  isUndelivered: boolean;
  isCredited: boolean;
  /** Its line, once that is on the disk. */
  seq?: number;
};

/** A tab by the key that opened it and its name. */
export type TabName = { readonly buyer: KeyId; readonly tab: CommandId };

const format: JournalFormat<Debit> = { name: 'debits', member: 'debit', schema: debit };
const CHECKPOINT = 'settled.json';
const seq = z.int().min(0);
const checkpointFile = z.strictObject({
  /** Settlements have all lines up to this one. */
  settled: seq,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  tabs: z.array(
    z.strictObject({
      ...{ buyer: keyId, tab: commandId, charged: amount },
      accepted: acceptedVoucher.nullable(),
    }),
  ),
});
type Checkpoint = z.output<typeof checkpointFile>;

/**
 * What was sold, on a disk of this server before anybody is answered: newest vouchers, what was charged, and
 * receipts. What was answered is in it after any crash.
 */
export class DebitJournal {
  readonly #disk: JournalDisk;
  readonly #limits: DebitLimits;
  readonly #log: ChainLog<Debit>;
  readonly #tabs = new Map<string, TabDebits>();
  /** The same, of lines that are on the disk. */
  readonly #durableTabs = new Map<string, TabDebits & TabName>();
  readonly #sales = new Map<string, KnownSale>();
  readonly #unsettled: DebitLink[] = [];
  /** Lines that keys are still known by, the oldest first. */
  readonly #keyed: DebitLink[] = [];
  #settled: Pick<Checkpoint, 'settled' | 'hash'>;
  /** Lines up to this one are on their way to the ledger. */
  #reserved = 0;
  /** Sales whose answers may not have left, and some that have since they were looked at. */
  #open: KnownSale[] = [];
  /** What the disk says of answers that have left. */
  #noted: Handover;

  private constructor(
    disk: JournalDisk,
    limits: DebitLimits,
    onTrouble: (error: unknown) => void,
    { checkpoint, log, noted }: Found,
  ) {
    this.#disk = disk;
    this.#limits = limits;
    this.#settled = checkpoint;
    this.#noted = noted;
    const onDurable = (links: readonly DebitLink[]): void =>
      links.forEach((one) => this.#keep(one));
    const start = { seq: checkpoint.settled, hash: checkpoint.hash };
    this.#log = new ChainLog(disk, format, limits, { onDurable, onTrouble }, log, start);
    for (const { buyer, tab, charged, accepted } of checkpoint.tabs) {
      const known = { charged: microOf(charged), accepted };
      this.#tabs.set(nameOf({ buyer, tab }), known);
      this.#durableTabs.set(nameOf({ buyer, tab }), { ...known, buyer, tab });
    }
    for (const link of log.links) {
      if (link.seq > checkpoint.settled) this.#applyToTab(link.entry);
      this.#applyToSales(link.entry);
      this.#keep(link);
    }
    const endMs = Math.max(
      0,
      ...[...this.#sales.values()].slice(-1).map(({ receipt }) => atMs(receipt)),
    );
    const waiting = new Set(noted.undelivered);
    for (const sale of this.#sales.values()) {
      const { receipt, seq: line = 0, isCredited } = sale;
      const isNew = line > noted.upTo && atMs(receipt) > endMs - HANDOVER_MS;
      sale.isUndelivered =
        !isCredited && line > checkpoint.settled && (isNew || waiting.has(receipt.id));
    }
    this.#open = [...this.#sales.values()].filter(isOpen);
  }

  /**
   * Opens the journal on a disk; what was being written when the process before ended is cut off. Throws
   * JournalDamaged.
   */
  static async open(
    disk: JournalDisk,
    onTrouble: (error: unknown) => void,
    limits = defaultDebitLimits,
  ): Promise<DebitJournal> {
    return new DebitJournal(disk, limits, onTrouble, await find(disk));
  }

  /** Why nothing can be sold any more; undefined while it can. */
  get trouble(): string | undefined {
    return this.#log.isBroken ? 'the journal of debits cannot be written' : undefined;
  }

  /** Lines on the disk that no settlement has yet, the oldest first. */
  get unsettled(): readonly DebitLink[] {
    return this.#unsettled;
  }

  /** Those before the first whose answer may not have left: only what was handed over is settled. */
  get settleable(): readonly DebitLink[] {
    let first = Number.POSITIVE_INFINITY;
    for (const { seq: line = first } of this.undelivered) first = Math.min(first, line);
    const end = this.#unsettled.findIndex((link) => link.seq >= first);
    return end === -1 ? this.#unsettled : this.#unsettled.slice(0, end);
  }

  /** Sales that are charged, and whose answers may not have left, the oldest first. */
  get undelivered(): readonly KnownSale[] {
    this.#open = this.#open.filter(isOpen);
    return this.#open;
  }

  /**
   * Notes on the disk which answers have left, if that has changed: a process that starts after a crash gives back
   * what it finds behind the note. One call at a time.
   */
  async noteHandover(): Promise<void> {
    const undelivered = this.undelivered.map(({ receipt: { id } }) => id);
    const upTo = this.#durable;
    const { upTo: before, undelivered: known } = this.#noted;
    if (upTo === before && known.join() === undelivered.join()) return;
    const noted = { upTo, undelivered };
    await writeHandover(this.#disk, noted);
    this.#noted = noted;
  }

  /** Settlements have all lines up to this one. */
  get settledUpTo(): number {
    return this.#settled.settled;
  }

  /** What was bought on a tab by lines on the disk; undefined where nothing was. */
  durableOf(name: TabName): TabDebits | undefined {
    return this.#durableTabs.get(nameOf(name));
  }

  /** Lines up to one are in a settlement that may be on the ledger: nothing of them is given back. */
  reserve(upTo: number): void {
    this.#reserved = Math.max(this.#reserved, upTo);
    // They were handed over when they were reserved, whatever the note behind them has missed.
    for (const sale of this.undelivered) {
      if (sale.seq !== undefined && sale.seq <= upTo) sale.isUndelivered = false;
    }
  }

  /** Lines on the disk: those, and sales that keys are still known by. */
  get kept(): readonly DebitLink[] {
    return this.#keyed;
  }

  /** What was bought on a tab; never less than the ledger says was taken. */
  of(name: TabName, settledMicro: bigint): TabDebits {
    const known = this.#tabs.get(nameOf(name));
    if (known === undefined) return debitsFrom(settledMicro);
    return known.charged < settledMicro ? { ...known, charged: settledMicro } : known;
  }

  /** The purchase that a key stands for; undefined where it stands for none, or for too long. */
  saleOf(name: TabName, key: string, nowMs: number): KnownSale | undefined {
    const sale = this.#sales.get(`${nameOf(name)} ${key}`);
    return sale !== undefined && atMs(sale.receipt) > nowMs - KEY_MS ? sale : undefined;
  }

  /**
   * Writes a line down, together with others that come meanwhile; {@link of} and {@link saleOf} have it at
   * once. When it resolves it is on the disk: with what {@link saleOf} has of a sale. Throws PassportError `NOT_READY`:
   * then nobody may be answered. `whileWriting` is called once the disk has begun with it.
   */
  async append(line: Debit, whileWriting?: () => void): Promise<KnownSale | undefined> {
    if (this.#log.isBroken) throw cannot();
    if (this.#log.last.seq - this.#settled.settled >= this.#limits.unsettledMax) {
      throw new PassportError('NOT_READY', 'too many debits wait for a settlement');
    }
    if (line.kind === 'credit') this.#requireUnsettled(line.credit.receipt);
    const written = this.#log.append([line], whileWriting);
    this.#applyToTab(line);
    const sale = this.#applyToSales(line);
    try {
      await written;
      return sale;
    } catch {
      // The log has told its owner why.
      throw cannot();
    }
  }

  /**
   * A settlement has all lines up to one: of them only tabs and keys are kept, keys for a day. Throws
   * RangeError for lines that are not on the disk.
   */
  async settle(upTo: number, nowMs: number): Promise<void> {
    const count = this.#unsettled.filter((link) => link.seq <= upTo).length;
    const last = this.#unsettled[count - 1];
    if (last?.seq !== upTo) throw new RangeError(`line ${upTo} does not wait for a settlement`);
    // Lines behind it are applied again at the next start: their totals are cumulative.
    const tabs = [...this.#durableTabs.values()].map(({ charged, ...tab }) => ({
      ...tab,
      charged: amountOf(charged),
    }));
    const settled = { settled: last.seq, hash: last.hash };
    const text = `${JSON.stringify({ ...settled, tabs })}\n`;
    await this.#disk.replace(CHECKPOINT, Buffer.from(text, 'utf8'));
    this.#settled = settled;
    this.#unsettled.splice(0, count);
    const isOld = ({ entry }: DebitLink): boolean =>
      entry.kind !== 'sale' || atMs(entry.receipt) <= nowMs - KEY_MS;
    const fresh = this.#keyed.findIndex((link) => link.seq > upTo || !isOld(link));
    const gone = this.#keyed.splice(0, fresh === -1 ? this.#keyed.length : fresh);
    for (const { entry } of gone) {
      if (entry.kind !== 'sale') continue;
      const name = `${nameOf(entry)} ${entry.key}`;
      if (this.#sales.get(name)?.receipt.id === entry.receipt.id) this.#sales.delete(name);
    }
    await this.#log.forget(gone.at(-1)?.seq ?? 0);
  }

  /** Writes what waits, closes the files, and notes what has left. Throws where the disk refuses the note. */
  async close(): Promise<void> {
    await this.#log.close();
    if (!this.#log.isBroken) await this.noteHandover();
  }

  /** The last line on the disk. */
  get #durable(): number {
    return this.#keyed.at(-1)?.seq ?? this.#settled.settled;
  }

  #requireUnsettled(receiptId: string): void {
    const upTo = Math.max(this.#reserved, this.#settled.settled);
    for (const { receipt, seq: line = Number.POSITIVE_INFINITY } of this.#sales.values()) {
      if (receipt.id !== receiptId || line > upTo) continue;
      throw new PassportError('NOT_READY', 'its price was settled already');
    }
  }

  #applyToTab(line: Debit): void {
    const name = nameOf(line);
    this.#tabs.set(name, debitsAfter(this.#tabs.get(name) ?? debitsFrom(0n), line));
  }

  #applyToSales(line: Debit): KnownSale | undefined {
    if (line.kind === 'sale') {
      const { receipt, key } = line;
      const sale: KnownSale = { receipt, key, isUndelivered: true, isCredited: false };
      this.#sales.set(`${nameOf(line)} ${key}`, sale);
      this.#open.push(sale);
      return sale;
    }
    if (line.kind === 'credit') {
      for (const sale of this.#sales.values()) {
        if (sale.receipt.id === line.credit.receipt) sale.isCredited = true;
      }
    }
    return undefined;
  }

  #keep(link: DebitLink): void {
    this.#keyed.push(link);
    if (link.entry.kind === 'sale') {
      const sale = this.#sales.get(`${nameOf(link.entry)} ${link.entry.key}`);
      if (sale?.receipt.id === link.entry.receipt.id) sale.seq = link.seq;
    }
    if (link.seq <= this.#settled.settled) return;
    this.#unsettled.push(link);
    const { buyer, tab } = link.entry;
    const name = nameOf({ buyer, tab });
    const before = this.#durableTabs.get(name) ?? debitsFrom(0n);
    this.#durableTabs.set(name, { ...debitsAfter(before, link.entry), buyer, tab });
  }
}

function isOpen({ isUndelivered, isCredited }: KnownSale): boolean {
  return isUndelivered && !isCredited;
}

function nameOf({ buyer, tab }: TabName): string {
  return `${buyer} ${tab}`;
}

function atMs({ at }: Receipt): number {
  return millisecondsOf(at);
}

function cannot(): PassportError {
  return new PassportError('NOT_READY', 'debits cannot be written down, so nothing is sold');
}

type Found = {
  readonly checkpoint: Checkpoint;
  readonly log: FoundLog<Debit>;
  readonly noted: Handover;
};

async function find(disk: JournalDisk): Promise<Found> {
  const file = await disk.read(CHECKPOINT);
  const checkpoint =
    file === undefined
      ? { settled: 0, hash: NO_HASH, tabs: [] }
      : parseJson(checkpointFile, file.toString('utf8'));
  const log = await findLog(disk, format);
  const first = log.before?.seq ?? checkpoint.settled;
  const last = log.links.at(-1)?.seq ?? first;
  if (first > checkpoint.settled) throw new JournalDamaged(`debits up to ${first} are gone`);
  if (last < checkpoint.settled) throw new JournalDamaged(`debits behind ${last} are gone`);
  const at = log.links.find((link) => link.seq === checkpoint.settled);
  if (at !== undefined && at.hash !== checkpoint.hash) {
    throw new JournalDamaged(`debit ${checkpoint.settled} is another one than was settled`);
  }
  return { checkpoint, log, noted: await readHandover(disk) };
}
