import { parseJson, PassportError, type ReadInput, type Vid } from '@passport/model';
import { z } from 'zod';

import type { JournalDisk } from './journal-disk.ts';
import {
  isSegment,
  JournalDamaged,
  type Link,
  NO_HASH,
  readSegment,
  segmentName,
  writeRead,
  writeStart,
} from './segment.ts';

/** How large a journal gets. */
export type JournalLimits = {
  /** Reads that the ledger does not have yet; when there are so many, nobody reads. */
  readonly waitingMax: number;
  /** Bytes that are written at once, about. */
  readonly groupBytes: number;
  /** Bytes after which another file is begun, about. */
  readonly segmentBytes: number;
};

export const defaultJournalLimits: JournalLimits = {
  waitingMax: 200_000,
  groupBytes: 1024 * 1024,
  segmentBytes: 16 * 1024 * 1024,
};

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

type Waiting = {
  readonly links: readonly Link[];
  readonly bytes: Buffer;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Who read what, on a disk of this server before anybody is answered; and how much of it the ledger has. A
 * read that was answered is in it after any crash, one that was not may be.
 */
export class ReadJournal {
  readonly #disk: JournalDisk;
  readonly #limits: JournalLimits;
  readonly #onTrouble: (error: unknown) => void;
  /** First read of each segment, and of the last one its bytes. */
  readonly #segments: number[];
  #bytes: number;
  #last: Pick<Link, 'seq' | 'hash'>;
  #position: JournalPosition;
  /** On the disk, and not on the ledger. */
  readonly #durable: Link[] = [];
  /** Those and what is being written, by vehicle. */
  readonly #byVehicle = new Map<Vid, ReadInput[]>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #broken: unknown;

  private constructor(
    disk: JournalDisk,
    found: Found,
    options: { readonly limits: JournalLimits; readonly onTrouble: (error: unknown) => void },
  ) {
    this.#disk = disk;
    this.#limits = options.limits;
    this.#onTrouble = options.onTrouble;
    this.#segments = [...found.segments];
    this.#bytes = found.bytes;
    this.#last = found.last;
    this.#position = found.position;
    for (const link of found.links) {
      this.#durable.push(link);
      this.#index(link);
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
    return this.#last.seq - this.#position.recorded;
  }

  /** Why nothing can be written any more; undefined while it can. */
  get trouble(): string | undefined {
    return this.#broken === undefined ? undefined : 'the journal of reads cannot be written';
  }

  /**
   * Writes reads down, together with others that come meanwhile; they are in {@link waitingOf} at once. When
   * it resolves they are on the disk. Throws PassportError `NOT_READY`: then nobody may be answered.
   */
  append(reads: readonly ReadInput[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(cannot());
    if (this.waiting + reads.length > this.#limits.waitingMax) {
      return Promise.reject(new PassportError('NOT_READY', 'too many reads wait for the ledger'));
    }
    const written = reads.map((read) => {
      const { link, line } = writeRead(this.#last.hash, this.#last.seq + 1, read);
      this.#last = link;
      this.#index(link);
      return { link, line };
    });
    return new Promise((done, fail) => {
      const links = written.map(({ link }) => link);
      this.#waiting.push({
        links,
        bytes: Buffer.concat(written.map(({ line }) => line)),
        done,
        fail,
      });
      this.#writing ??= this.#write();
    });
  }

  /** Reads of a vehicle that the ledger may not have yet, the oldest first. */
  waitingOf(vid: Vid): readonly ReadInput[] {
    return this.#byVehicle.get(vid) ?? [];
  }

  /** Reads on the disk behind what the ledger has, up to a number of one, the oldest first. */
  durable(upTo: number): readonly Link[] {
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
    for (const { read } of gone) this.#forget(read.vid);
    // A segment is done with when the next one begins behind what the ledger has.
    while (this.#segments.length > 1 && (this.#segments[1] ?? 0) <= recorded + 1) {
      await this.#disk.remove(segmentName(this.#segments[0] ?? 0));
      this.#segments.shift();
    }
  }

  /** Writes what waits, then closes the files. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#disk.close();
  }

  #store(position: JournalPosition): Promise<void> {
    return this.#disk.replace(POSITION, Buffer.from(`${JSON.stringify(position)}\n`, 'utf8'));
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 && this.#broken === undefined) {
      const group = this.#nextGroup();
      try {
        await this.#writeGroup(group);
        for (const { links, done } of group) {
          for (const link of links) this.#durable.push(link);
          done();
        }
      } catch (error) {
        // What a failed write has left there nobody knows: only a restart reads it again.
        this.#broken = error;
        this.#onTrouble(error);
        for (const { fail } of [...group, ...this.#waiting]) fail(cannot());
        this.#waiting = [];
      }
    }
    this.#writing = undefined;
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    const over = this.#waiting.findIndex((one) => {
      bytes += one.bytes.length;
      return bytes > this.#limits.groupBytes;
    });
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : Math.max(1, over));
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const first = group[0]?.links[0];
    if (first === undefined) return;
    if (this.#segments.length === 0 || this.#bytes >= this.#limits.segmentBytes) {
      const after = this.#durable.at(-1)?.hash ?? this.#position.hash;
      const start = writeStart({ first: first.seq, after });
      await this.#disk.append(segmentName(first.seq), 0, start);
      this.#segments.push(first.seq);
      this.#bytes = start.length;
    }
    const bytes = Buffer.concat(group.map((one) => one.bytes));
    await this.#disk.append(segmentName(this.#segments.at(-1) ?? 0), this.#bytes, bytes);
    this.#bytes += bytes.length;
  }

  #index({ read }: Link): void {
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

type Found = {
  readonly segments: readonly number[];
  readonly bytes: number;
  readonly last: Pick<Link, 'seq' | 'hash'>;
  readonly position: JournalPosition;
  /** Behind what the ledger has. */
  readonly links: readonly Link[];
};

async function find(disk: JournalDisk): Promise<Found> {
  const position = await findPosition(disk);
  const names = (await disk.list()).filter(isSegment).sort();
  const segments: number[] = [];
  const links: Link[] = [];
  let last: Pick<Link, 'seq' | 'hash'> | undefined;
  let bytes = 0;
  for (const [index, name] of names.entries()) {
    const content = (await disk.read(name)) ?? Buffer.alloc(0);
    const segment = readSegment(content, name, index === names.length - 1);
    if (segment === undefined) {
      await disk.remove(name);
      continue;
    }
    const { first, after } = segment.start;
    last ??= { seq: first - 1, hash: after };
    if (last.seq !== first - 1 || last.hash !== after) {
      throw new JournalDamaged(`${name} does not go on where the one before ends`);
    }
    if (segment.wholeBytes < content.length) await disk.cut(name, segment.wholeBytes);
    requirePosition(position, [last, ...segment.links]);
    segments.push(first);
    links.push(...segment.links.filter((link) => link.seq > position.recorded));
    last = segment.links.at(-1) ?? last;
    bytes = segment.wholeBytes;
  }
  last ??= { seq: position.recorded, hash: position.hash };
  const [first = last.seq + 1] = segments;
  if (first > position.recorded + 1) throw new JournalDamaged(`reads before ${first} are gone`);
  if (last.seq < Math.max(position.recorded, position.sending ?? 0)) {
    throw new JournalDamaged(`reads behind ${last.seq} are gone`);
  }
  return { segments, bytes, last, position, links };
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

function requirePosition(
  { recorded, hash }: JournalPosition,
  links: readonly Pick<Link, 'seq' | 'hash'>[],
): void {
  const at = links.find((link) => link.seq === recorded);
  if (at !== undefined && at.hash !== hash) {
    throw new JournalDamaged(`read ${recorded} is another one than the ledger has`);
  }
}
