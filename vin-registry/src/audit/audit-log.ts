import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { KeyId, MspId } from '@passport/model';

/** Who asked, when, for what kind of thing, for how many, and how it ended; never about which. */
export type AuditEntry = {
  readonly at: Date;
  readonly member: MspId;
  /** Of the certificate. */
  readonly keyId: KeyId;
  readonly action: 'evaluate' | 'match' | 'list-disputes' | 'decide-dispute' | 'erase';
  readonly count: number;
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
};

type Waiting = {
  readonly line: string;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
};

/**
 * A file of JSON lines that only grows. A line is on the disk when {@link append} resolves; lines that
 * arrive while one is being written share the next flush. After a failure nothing more is taken: what
 * cannot be logged must not be answered.
 */
export class AuditLog {
  readonly #file: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the log; makes it, and its folder, if need be. */
  static async open(path: string): Promise<AuditLog> {
    await mkdir(dirname(path), { recursive: true });
    return new AuditLog(await open(path, 'a', 0o600));
  }

  /** Appends an entry; resolves when it is durable. */
  append(entry: AuditEntry): Promise<void> {
    const line = `${JSON.stringify(entry)}\n`;
    return new Promise((done, fail) => {
      this.#waiting.push({ line, done, fail });
      this.#writing ??= this.#write();
    });
  }

  /** Why it takes no more; undefined while it does. */
  get trouble(): string | undefined {
    return this.#failure === undefined ? undefined : 'the audit log cannot be written';
  }

  /** Waits for what is under way, and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#file.appendFile(batch.map(({ line }) => line).join(''));
        await this.#file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        this.#failure ??= error instanceof Error ? error : new Error('no line', { cause: error });
        for (const { fail } of batch) fail(this.#failure);
      }
    }
    this.#writing = undefined;
  }
}
