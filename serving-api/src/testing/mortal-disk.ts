import type { JournalDisk } from '../journal/journal-disk.ts';

/** The process of the test has ended: nothing it calls happens any more. */
export class Died extends Error {}

/** What the write leaves that the process dies in. */
export type LastWrite = {
  /** How much of it is there, 0 to 1. */
  readonly part: number;
  /** Whether the rest is there as zeros, as after a power failure. */
  readonly isZeroed: boolean;
  /** Which sectors of the file it has not come to, one after the other and over again: they are as they were. */
  readonly lost: readonly boolean[];
};

/** Bytes that a disk writes all or none of; a real one has 512. */
const SECTOR = 32;

const whole: LastWrite = { part: 1, isZeroed: false, lost: [] };

/** Files in memory that outlive the processes which use them. */
export class MemoryFiles {
  readonly files = new Map<string, Buffer>();

  /** A disk for one process, which dies in its n-th change, counted from 0. */
  disk(diesIn = Number.POSITIVE_INFINITY, lastWrite: LastWrite = whole) {
    return new MortalDisk(this.files, diesIn, lastWrite);
  }
}

/** A disk of a process that dies in one of its changes. */
class MortalDisk implements JournalDisk {
  readonly #files: Map<string, Buffer>;
  readonly #lastWrite: LastWrite;
  #left: number;
  /** Changes that were made, the last one in part perhaps. */
  changes = 0;

  constructor(files: Map<string, Buffer>, diesIn: number, lastWrite: LastWrite) {
    this.#files = files;
    this.#left = diesIn;
    this.#lastWrite = lastWrite;
  }

  get isDead(): boolean {
    return this.#left < 0;
  }

  list(): Promise<readonly string[]> {
    return this.#live(() => [...this.#files.keys()]);
  }

  read(name: string): Promise<Buffer | undefined> {
    return this.#live(() => this.#files.get(name));
  }

  append(name: string, at: number, bytes: Uint8Array): Promise<void> {
    return this.#change((isLast) => {
      const before = this.#files.get(name) ?? Buffer.alloc(0);
      const isEnd = before.length >= at && (before[at] ?? 0) === 0;
      if (!isEnd) throw new Error(`${name} does not end at ${at}`);
      const { part, isZeroed, lost } = isLast ? this.#lastWrite : whole;
      const length = Math.floor(bytes.length * part);
      const end = at + (isZeroed ? bytes.length : length);
      const after = Buffer.alloc(Math.max(before.length, end));
      after.set(before);
      after.set(bytes.subarray(0, length), at);
      const sectors = lost.length > 0 ? Math.ceil(after.length / SECTOR) : 0;
      for (let sector = Math.floor(at / SECTOR); sector < sectors; sector += 1) {
        if (lost[sector % lost.length] !== true) continue;
        const from = sector * SECTOR;
        after.fill(0, from, from + SECTOR);
        after.set(before.subarray(from, from + SECTOR), from);
      }
      this.#files.set(name, after);
    });
  }

  cut(name: string, length: number): Promise<void> {
    return this.#change((isLast) => {
      if (isLast && this.#lastWrite.part < 0.5) return;
      this.#files.set(name, (this.#files.get(name) ?? Buffer.alloc(0)).subarray(0, length));
    });
  }

  replace(name: string, bytes: Uint8Array): Promise<void> {
    return this.#change((isLast) => {
      if (!isLast || this.#lastWrite.part >= 0.5) this.#files.set(name, Buffer.from(bytes));
    });
  }

  remove(name: string): Promise<void> {
    return this.#change((isLast) => {
      if (!isLast || this.#lastWrite.part >= 0.5) this.#files.delete(name);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #live<Result>(work: () => Result): Promise<Result> {
    await Promise.resolve();
    if (this.isDead) throw new Died();
    return work();
  }

  #change(work: (isLast: boolean) => void): Promise<void> {
    return this.#live(() => {
      this.#left -= 1;
      this.changes += 1;
      work(this.isDead);
      if (this.isDead) throw new Died();
    });
  }
}
