import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';
import { PassportError } from '@passport/model';
import { startTimer } from '@passport/runtime';

import type {
  FencedQuestion,
  FencedRows,
  FenceStart,
  FromFence,
  ToFence,
} from './fence-messages.ts';

const child = fileURLToPath(new URL('fence-child.ts', import.meta.url));
/** Batches of one message. */
const PART_BATCHES = 2_000;
/** Of JavaScript alone; what DuckDB has is not in it. */
const HEAP_MB = 512;

type Unsent = ToFence extends infer Message
  ? Message extends ToFence
    ? Omit<Message, 'id'>
    : never
  : never;
type Answer = Extract<FromFence, { readonly id: number }>;
type Waiting = { readonly id: number; readonly settle: (answer: Answer | Error) => void };

/**
 * A process that has the released batches and answers one statement at a time. It gets no environment,
 * no files and no secrets; whatever goes wrong in it, it is killed, and another is started.
 */
export class Fence {
  readonly #process: ChildProcess;
  readonly #limits: FenceStart;
  readonly #ready: Promise<void>;
  #waiting: Waiting | undefined;
  #ids = 0;
  #over: Error | undefined;
  #hasTooMuch = false;
  #at: Watermark | undefined;

  constructor(limits: FenceStart) {
    this.#limits = limits;
    this.#process = fork(child, [JSON.stringify(limits)], {
      // BigInts, and texts as they are.
      serialization: 'advanced',
      env: {},
      cwd: tmpdir(),
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#ready = new Promise((ready, fail) => {
      this.#process.on('message', (message: FromFence) => {
        if (message.kind === 'ready') ready();
        else if (message.kind === 'memory') this.#hasTooMuch = true;
        else this.#settle(message);
      });
      const end = (error: Error): void => {
        this.#over = error;
        fail(error);
        this.#settleWith(error);
      };
      this.#process.on('error', end);
      this.#process.on('exit', (code, signal) => {
        end(new Error(`the process of SQL ended: ${signal ?? String(code)}`));
      });
    });
    // Who asks hears of it; there may be nobody.
    this.#ready.catch(() => {});
  }

  /** What it has; undefined before the first {@link load}. */
  get at(): Watermark | undefined {
    return this.#at;
  }

  /** Whether it can answer no more. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Takes in what was released up to a watermark, of the ledger that it has already. */
  async load(archive: ReleaseArchive, at: Watermark): Promise<void> {
    await this.#ready;
    let batches: ReleasedBatch[] = [];
    const send = async (): Promise<void> => {
      await this.#call({ kind: 'batches', batches });
      batches = [];
    };
    for await (const part of archive.batches(at, this.#at?.block ?? -1)) {
      for (const batch of part) {
        batches.push(batch);
        if (batches.length === PART_BATCHES) await send();
      }
    }
    await send();
    await this.#call({ kind: 'commit', block: at.block });
    this.#at = at;
  }

  /**
   * Answers a statement. Throws PassportError of the guard, `SQL_INVALID`, `SQL_TYPE_REFUSED`,
   * `SQL_TOO_LARGE`, `SQL_TOO_SLOW`, `SQL_MEMORY_EXCEEDED`; the fence may be over then.
   */
  async ask(question: FencedQuestion): Promise<FencedRows> {
    const { timeoutMs, graceMs } = this.#limits;
    let isLate = false;
    const cancel = startTimer(timeoutMs + graceMs, () => {
      isLate = true;
      this.kill();
    });
    try {
      const answer = await this.#call({ kind: 'question', ...question });
      if (answer.kind === 'rows') return answer.rows;
      throw new Error(`the process of SQL answered "${answer.kind}"`);
    } catch (error) {
      if (error instanceof PassportError) throw error;
      this.kill();
      if (isLate) throw new PassportError('SQL_TOO_SLOW', `${timeoutMs} ms are the limit`);
      if (this.#hasTooMuch) {
        throw new PassportError('SQL_MEMORY_EXCEEDED', 'it does not fit beside the tables');
      }
      throw error;
    } finally {
      cancel();
    }
  }

  /** Ends it, whatever it does. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #call(message: Unsent): Promise<Answer> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#waiting !== undefined) return Promise.reject(new Error('it answers one at a time'));
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((done, fail) => {
      this.#waiting = {
        id,
        settle: (answer) => {
          if (answer instanceof Error) fail(answer);
          else if (answer.kind === 'refused') fail(new PassportError(answer.code, answer.detail));
          else if (answer.kind === 'broken') fail(new Error(answer.detail));
          else done(answer);
        },
      };
      this.#process.send({ ...message, id }, (error) => {
        if (error !== null) this.#settleWith(error);
      });
    });
  }

  #settle(answer: Answer): void {
    if (answer.id === this.#waiting?.id) this.#settleWith(answer);
  }

  #settleWith(answer: Answer | Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.settle(answer);
  }
}
