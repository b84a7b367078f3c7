import type { JsonValue } from '@passport/model';

import type { JournalDisk } from './journal-disk.ts';
import {
  groupOf,
  isSegment,
  JournalDamaged,
  type JournalFormat,
  type Link,
  type LinkPlace,
  readSegment,
  segmentName,
  writeEntry,
  writeStart,
} from './segment.ts';

/** How files of a log are written. */
export type LogLimits = {
  /** Bytes that are written at once, about. */
  readonly groupBytes: number;
  /** Bytes after which another file is begun, about. */
  readonly segmentBytes: number;
  /**
   * Zeros that a file has behind its lines for those to come, bytes at most. A write over them changes nothing of the
   * file but its bytes, which is half of what a write costs that makes it longer.
   */
  readonly aheadBytes: number;
};

/** What a log tells its owner. */
export type LogHearer<Entry> = {
  /** Entries are on the disk; called in their order, before whoever waits for them goes on. */
  readonly onDurable: (links: readonly Link<Entry>[]) => void;
  /** Nothing can be written any more. */
  readonly onTrouble: (error: unknown) => void;
};

/** What was found on the disk. */
export type FoundLog<Entry> = {
  /** First entry of each segment. */
  readonly segments: readonly number[];
  /** Bytes of the last one. */
  readonly bytes: number;
  /** What is before the first entry that is there. */
  readonly before: LinkPlace | undefined;
  readonly links: readonly Link<Entry>[];
};

type Waiting<Entry> = {
  readonly links: readonly Link<Entry>[];
  /** Their lines. They become bytes together with others'. */
  readonly text: string;
  readonly whileWriting: (() => void) | undefined;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
};

/** So many that wait are written at once: more would make a write cheaper for each, and the disk idle meanwhile. */
const WORTH_WRITING = 8;

/**
 * A log of entries in files, each line bound to the one before. What is appended while a group is being
 * written goes together with the next fsync; an entry that was waited for is there after any crash.
 */
export class ChainLog<Entry> {
  readonly #disk: JournalDisk;
  readonly #format: JournalFormat<Entry>;
  readonly #limits: LogLimits;
  readonly #hearer: LogHearer<Entry>;
  readonly #segments: number[];
  #bytes: number;
  /** Bytes of the last segment, zeros and all. */
  #room: number;
  #last: LinkPlace;
  #written: LinkPlace;
  #waiting: Waiting<Entry>[] = [];
  #writing: Promise<void> | undefined;
  /** Ends the wait for others. */
  #begin: (() => void) | undefined;
  #broken: unknown;

  /** Goes on behind what {@link findLog} found; `start` is what an empty log goes on from. */
  constructor(
    disk: JournalDisk,
    format: JournalFormat<Entry>,
    limits: LogLimits,
    hearer: LogHearer<Entry>,
    found: FoundLog<Entry>,
    start: LinkPlace,
  ) {
    this.#disk = disk;
    this.#format = format;
    this.#limits = limits;
    this.#hearer = hearer;
    this.#segments = [...found.segments];
    this.#bytes = found.bytes;
    this.#room = found.bytes;
    this.#last = found.links.at(-1) ?? found.before ?? start;
    this.#written = this.#last;
  }

  /** The entry that was appended last, on the disk or not. */
  get last(): LinkPlace {
    return this.#last;
  }

  /** Whether nothing can be written any more. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /**
   * Writes entries down in one go; resolves when they are on the disk, rejects with what went wrong. `whileWriting` is
   * called once the disk has begun with them: what it does costs no time then.
   */
  append(entries: readonly (Entry & JsonValue)[], whileWriting?: () => void): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(failure(this.#broken));
    const written = entries.map((entry) => {
      const one = writeEntry(this.#format, this.#last.hash, this.#last.seq + 1, entry);
      this.#last = one.link;
      return one;
    });
    return new Promise((done, fail) => {
      this.#waiting.push({
        links: written.map(({ link }) => link),
        text: written.map(({ line }) => line).join(''),
        whileWriting,
        done,
        fail,
      });
      this.#writing ??= this.#write();
      if (this.#waiting.length >= WORTH_WRITING) this.#begin?.();
    });
  }

  /** Removes the segments that have nothing behind an entry; the last one stays. */
  async forget(upTo: number): Promise<void> {
    // A segment is done with when the next one begins behind what is to be forgotten.
    while (this.#segments.length > 1 && (this.#segments[1] ?? 0) <= upTo + 1) {
      await this.#disk.remove(segmentName(this.#format, this.#segments[0] ?? 0));
      this.#segments.shift();
    }
  }

  /** Writes what waits, then closes the files. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#disk.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 && this.#broken === undefined) {
      await this.#gathered();
      const group = this.#nextGroup();
      try {
        const written = this.#writeGroup(group);
        for (const { whileWriting } of group) whileWriting?.();
        await written;
        for (const { links, done } of group) {
          this.#hearer.onDurable(links);
          done();
        }
      } catch (error) {
        // What a failed write has left there nobody knows: only a restart reads it again.
        this.#broken = error;
        this.#hearer.onTrouble(error);
        for (const { fail } of [...group, ...this.#waiting]) fail(error);
        this.#waiting = [];
      }
    }
    this.#writing = undefined;
  }

  /**
   * What has come in this turn of the event loop and in the next one goes together: a write costs more than the wait.
   * Of clients that were answered together the first is heard in one turn, the others in the next. Of many, some are
   * written while the others are heard: neither waits for the other then.
   */
  async #gathered(): Promise<void> {
    if (this.#waiting.length >= WORTH_WRITING) return;
    await new Promise<void>((go) => {
      this.#begin = go;
      setImmediate(() => setImmediate(go));
    });
    this.#begin = undefined;
  }

  #nextGroup(): Waiting<Entry>[] {
    let bytes = 0;
    const over = this.#waiting.findIndex((one) => {
      bytes += one.text.length;
      return bytes > this.#limits.groupBytes;
    });
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : Math.max(1, over));
  }

  async #writeGroup(group: readonly Waiting<Entry>[]): Promise<void> {
    const first = group[0]?.links[0];
    if (first === undefined) return;
    if (this.#segments.length === 0 || this.#bytes >= this.#limits.segmentBytes) {
      [this.#bytes, this.#room] = [0, 0];
      await this.#append(first.seq, writeStart({ first: first.seq, after: this.#written.hash }));
      this.#segments.push(first.seq);
    }
    const lines = groupOf(group.map(({ text }) => text));
    await this.#append(this.#segments.at(-1) ?? 0, lines);
    this.#written = group.at(-1)?.links.at(-1) ?? this.#written;
  }

  /** Writes behind the lines of a segment: over zeros, or with others behind where there are too few. */
  async #append(segment: number, bytes: Buffer): Promise<void> {
    const { aheadBytes, segmentBytes } = this.#limits;
    const end = this.#bytes + bytes.length;
    const isOver = end > this.#room;
    const zeros = isOver ? Math.max(0, Math.min(aheadBytes, segmentBytes - end)) : 0;
    const written = zeros === 0 ? bytes : Buffer.concat([bytes], bytes.length + zeros);
    await this.#disk.append(segmentName(this.#format, segment), this.#bytes, written);
    this.#bytes = end;
    if (isOver) this.#room = end + zeros;
  }
}

/** Reads the log on a disk; what was being written when the process before ended is cut off. */
export async function findLog<Entry>(
  disk: JournalDisk,
  format: JournalFormat<Entry>,
): Promise<FoundLog<Entry>> {
  const names = (await disk.list()).filter((file) => isSegment(format, file)).sort();
  const segments: number[] = [];
  const links: Link<Entry>[] = [];
  let [before, last]: (LinkPlace | undefined)[] = [];
  let bytes = 0;
  for (const [index, name] of names.entries()) {
    const content = (await disk.read(name)) ?? Buffer.alloc(0);
    const segment = readSegment(format, content, name, index === names.length - 1);
    if (segment === undefined) {
      await disk.remove(name);
      continue;
    }
    const { first, after } = segment.start;
    last ??= { seq: first - 1, hash: after };
    before ??= last;
    if (last.seq !== first - 1 || last.hash !== after) {
      throw new JournalDamaged(`${name} does not go on where the one before ends`);
    }
    if (segment.wholeBytes < content.length) await disk.cut(name, segment.wholeBytes);
    segments.push(first);
    for (const link of segment.links) links.push(link);
    last = segment.links.at(-1) ?? last;
    bytes = segment.wholeBytes;
  }
  return { segments, bytes, before, links };
}

function failure(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error('the log cannot be written', { cause });
}
