import { flushCompileCache } from 'node:module';

import { startTimer, systemNow } from './clock.ts';
import { createLogger, type Logger } from './logger.ts';

/** A service that has started. */
export type StartedService = {
  /** Fields of the ready line besides `event`. */
  readonly ready?: Readonly<Record<string, unknown>>;
  /** Refuses new work, finishes what is under way, closes everything. Called once. */
  stop(): Promise<void>;
};

/** What a service gets from {@link runService}. */
export type ServiceContext = {
  /** Aborts when the process is asked to stop, also while the service still starts. */
  readonly stopping: AbortSignal;
  /** Ends the process with code 1 after an orderly stop: it cannot do its work any more. */
  readonly fail: (error: unknown) => void;
};

/** A service's life, for {@link runService}. */
export type Service = {
  /** In dotted snake case; begins the names of its events: `<name>.ready`. */
  readonly name: string;
  /** May throw an error with a `code`: people see its message in one line, without a stack. */
  start(context: ServiceContext): Promise<StartedService>;
  /** How long `stop` may take, in milliseconds; then the process ends with code 1. */
  readonly drainMs: number;
  /** Stop when standard input ends, so that the process does not outlive a killed parent. */
  readonly stopOnStdinEnd?: boolean;
  /** Gets what goes wrong; standard error by default. */
  readonly logger?: Logger;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and a terminal both hand on Ctrl-C: signals within this time are the same wish. */
const REPEAT_MS = 1_000;

/**
 * Runs a service as the main duty of this process: starts it, prints the ready line (one JSON
 * object) on standard output, stops it on SIGINT, SIGTERM or SIGHUP, and exits. Exit codes: 0 after
 * an orderly stop, 1 when it could not start, failed, did not stop in time, or was asked to stop
 * once more later than a second after the first time.
 */
export async function runService(service: Service): Promise<void> {
  const logger = service.logger ?? createLogger({ name: service.name, level: 'info' });
  const life = new ServiceLife(service, logger);
  process.on('uncaughtException', (error) => life.crash(error));
  for (const signal of SIGNALS) process.on(signal, () => life.requestStop());
  if (service.stopOnStdinEnd === true) {
    process.stdin.once('end', () => life.requestStop());
    process.stdin.once('error', () => life.requestStop());
    process.stdin.resume();
  }
  await life.start();
}

class ServiceLife {
  readonly #service: Service;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #started: StartedService | undefined;
  #isStarting = true;
  #askedAtMs: number | undefined;
  #exitCode = 0;

  constructor(service: Service, logger: Logger) {
    this.#service = service;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    const { name } = this.#service;
    try {
      this.#started = await this.#service.start({
        stopping: this.#stopping.signal,
        fail: (error) => this.#fail(error),
      });
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#reportStartFailure(error);
      process.exit(this.#stopping.signal.aborted ? this.#exitCode : 1);
    }
    this.#isStarting = false;
    if (this.#stopping.signal.aborted) await this.#close();
    const ready = { event: `${name}.ready`, ...this.#started.ready };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    // Node does it at the exit, which a process that is killed does not come to; the next one starts faster.
    flushCompileCache();
  }

  requestStop(): void {
    const now = systemNow().getTime();
    if (this.#askedAtMs === undefined) {
      this.#askedAtMs = now;
      this.#beginStop();
    } else if (now - this.#askedAtMs > REPEAT_MS) {
      this.#logger.warn({ event: `${this.#service.name}.stop_forced` });
      process.exit(1);
    }
  }

  crash(error: unknown): void {
    this.#logger.error({ event: `${this.#service.name}.crashed`, error });
    process.exit(1);
  }

  #fail(error: unknown): void {
    this.#logger.error({ event: `${this.#service.name}.failed`, error });
    this.#exitCode = 1;
    this.#beginStop();
  }

  #beginStop(): void {
    if (this.#stopping.signal.aborted) return;
    const { name, drainMs } = this.#service;
    startTimer(drainMs, () => {
      this.#logger.error({ event: `${name}.stop_late`, drainMs });
      process.exit(1);
    });
    this.#stopping.abort(new Error(`${name} is asked to stop`));
    // A service that still starts sees the abort; it is closed when it has started.
    if (!this.#isStarting) void this.#close();
  }

  async #close(): Promise<void> {
    try {
      await this.#started?.stop();
    } catch (error) {
      this.#logger.error({ event: `${this.#service.name}.stop_failed`, error });
      process.exit(1);
    }
    process.exit(this.#exitCode);
  }

  #reportStartFailure(error: unknown): void {
    const { name } = this.#service;
    if (error instanceof Error && 'code' in error) {
      process.stderr.write(`${name}: ${error.message}\n`);
    } else {
      this.#logger.error({ event: `${name}.start_failed`, error });
    }
  }
}
