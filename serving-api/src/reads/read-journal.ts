import { parseJson, PassportError, type ReadInput, readInput, type Vid } from '@passport/model';
import { z } from 'zod';

import { ChainLog, findLog, type FoundLog, type LogLimits } from '../journal/chain-log.ts';
import type { JournalDisk } from '../journal/journal-disk.ts';
import {
  JournalDamaged,
  type JournalFormat,
  type Link,
  type LinkPlace,
  NO_HASH,
} from '../journal/segment.ts';

/** How large a journal gets. */
export type JournalLimits = LogLimits & {
  /** Reads that the ledger does not have yet; when there are so many, nobody reads. */
  readonly waitingMax: number;
};

export const defaultJournalLimits: JournalLimits = {
  waitingMax: 200_000,
  groupBytes: 1024 * 1024,
  segmentBytes: 16 * 1024 * 1024,
  aheadBytes: 256 * 1024,
};

/** A read on its way. */
export type ReadLink = Link<ReadInput>;

const format: JournalFormat<ReadInput> = { name: 'reads', member: 'read', schema: readInput };
const POSITION = 'position.json';
const seq = z.int().min(0);
const positionFile = z.strictObject({
  /** The ledger has all reads up to this one. */
  recorded: seq,
  /** Its hash. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The last read of the batch that may be on the way; null while none is. */
  sending: seq.nullable(),
  /** Reads of that batch that the ledger will not have. */
  refused: z.array(seq),
});

/** How far the ledger is. */
export type JournalPosition = z.output<typeof positionFile>;

/**
 * Who read what, on a disk of this server before anybody is answered; and how much of it the ledger has. A
 * read that was answered is in it after any crash, one that was not may be.
 */
export class ReadJournal {
  readonly #disk: JournalDisk;
  readonly #limits: JournalLimits;
  readonly #log: ChainLog<ReadInput>;
  #position: JournalPosition;
  /** On the disk, and not on the ledger. */
  readonly #durable: ReadLink[] = [];
  /** Those and what is being written, by vehicle. */
  readonly #byVehicle = new Map<Vid, ReadInput[]>();

  private constructor(disk: JournalDisk, { position, log }: Found, { limits, onTrouble }: Options) {
    this.#disk = disk;
    this.#limits = limits;
    this.#position = position;
    const onDurable = (links: readonly ReadLink[]): void => void this.#durable.push(...links);
    const start = { seq: position.recorded, hash: position.hash };
    this.#log = new ChainLog(disk, format, limits, { onDurable, onTrouble }, log, start);
    for (const link of log.links) {
      if (link.seq <= position.recorded) continue;
      this.#durable.push(link);
      this.#index(link.entry);
    }
  }

  /**
   * Opens the journal on a disk; what was being written when the process before ended is cut off. Throws
   * {@link JournalDamaged}.
   */
  static async open(
    disk: JournalDisk,
    onTrouble: (error: unknown) => void,
    limits = defaultJournalLimits,
  ): Promise<ReadJournal> {
    return new ReadJournal(disk, await find(disk), { limits, onTrouble });
  }

  /** How far the ledger is. */
  get position(): JournalPosition {
    return this.#position;
  }

  /** Reads that the ledger does not have yet, those being written among them. */
  get waiting(): number {
    return this.#log.last.seq - this.#position.recorded;
  }

  /** Why nothing can be written any more; undefined while it can. */
  get trouble(): string | undefined {
    return this.#log.isBroken ? 'the journal of reads cannot be written' : undefined;
  }

  /**
   * Writes reads down, together with others that come meanwhile; they are in {@link waitingOf} at once. When
   * it resolves they are on the disk. Throws PassportError `NOT_READY`: then nobody may be answered.
   */
  async append(reads: readonly ReadInput[]): Promise<void> {
    if (this.#log.isBroken) throw cannot();
    if (this.waiting + reads.length > this.#limits.waitingMax) {
      throw new PassportError('NOT_READY', 'too many reads wait for the ledger');
    }
    const written = this.#log.append(reads);
    for (const read of reads) this.#index(read);
    try {
      await written;
    } catch {
      // The log has told its owner why.
      throw cannot();
    }
  }

  /** Reads of a vehicle that the ledger may not have yet, the oldest first. */
  waitingOf(vid: Vid): readonly ReadInput[] {
    return this.#byVehicle.get(vid) ?? [];
  }

  /** Reads on the disk behind what the ledger has, up to a number of one, the oldest first. */
  durable(upTo: number): readonly ReadLink[] {
    return this.#durable.slice(0, Math.max(0, upTo - this.#position.recorded));
  }

  /** Remembers what is about to be sent to the ledger, and what of it the ledger will not have. */
  async remember(change: Partial<Pick<JournalPosition, 'sending' | 'refused'>>): Promise<void> {
    const position = { ...this.#position, ...change };
    await this.#store(position);
    this.#position = position;
  }

  /** The ledger has all reads up to one: they leave the journal. */
  async settle(upTo: number): Promise<void> {
    const gone = this.durable(upTo);
    const { hash, seq: recorded } = gone.at(-1) ?? { ...this.#position, seq: upTo };
    const position = { recorded, hash, sending: null, refused: [] };
    await this.#store(position);
    // At once: where reads begin follows from what the ledger has.
    this.#position = position;
    this.#durable.splice(0, gone.length);
    for (const { entry } of gone) this.#forget(entry.vid);
    await this.#log.forget(recorded);
  }

  /** Writes what waits, then closes the files. */
  close(): Promise<void> {
    return this.#log.close();
  }

  #store(position: JournalPosition): Promise<void> {
    return this.#disk.replace(POSITION, Buffer.from(`${JSON.stringify(position)}\n`, 'utf8'));
  }

  #index(read: ReadInput): void {
    const reads = this.#byVehicle.get(read.vid);
    if (reads === undefined) this.#byVehicle.set(read.vid, [read]);
    else reads.push(read);
  }

  /** The oldest one of a vehicle. */
  #forget(vid: Vid): void {
    const reads = this.#byVehicle.get(vid);
    reads?.shift();
    if (reads?.length === 0) this.#byVehicle.delete(vid);
  }
}

function cannot(): PassportError {
  return new PassportError('NOT_READY', 'reads cannot be written down, so nothing is read');
}

type Options = { readonly limits: JournalLimits; readonly onTrouble: (error: unknown) => void };

type Found = { readonly position: JournalPosition; readonly log: FoundLog<ReadInput> };

async function find(disk: JournalDisk): Promise<Found> {
  const position = await findPosition(disk);
  const log = await findLog(disk, format);
  const places: readonly LinkPlace[] =
    log.before === undefined ? log.links : [log.before, ...log.links];
  requirePosition(position, places);
  const first = (log.before?.seq ?? position.recorded) + 1;
  if (first > position.recorded + 1) throw new JournalDamaged(`reads before ${first} are gone`);
  const { seq: last } = places.at(-1) ?? { seq: position.recorded };
  if (last < Math.max(position.recorded, position.sending ?? 0)) {
    throw new JournalDamaged(`reads behind ${last} are gone`);
  }
  return { position, log };
}

async function findPosition(disk: JournalDisk): Promise<JournalPosition> {
  const file = await disk.read(POSITION);
  if (file === undefined) return { recorded: 0, hash: NO_HASH, sending: null, refused: [] };
  try {
    return parseJson(positionFile, file.toString('utf8'));
  } catch (error) {
    throw new JournalDamaged(`${POSITION}: ${String(error)}`);
  }
}

function requirePosition({ recorded, hash }: JournalPosition, links: readonly LinkPlace[]): void {
  const at = links.find((link) => link.seq === recorded);
  if (at !== undefined && at.hash !== hash) {
    throw new JournalDamaged(`read ${recorded} is another one than the ledger has`);
  }
}
