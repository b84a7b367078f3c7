import type { Meter } from '@opentelemetry/api';
import { PassportError } from '@passport/model';
import type { Logger } from '@passport/runtime';

import type { ListenerProgress } from './listener-options.ts';
import { ListenerHalted } from './listener-error.ts';

/** Where the listener is, for its metrics and for people. */
export class ListenerState {
  readonly #logger: Logger;
  readonly #blocks;
  readonly #events;
  #block = -1;
  #ledgerTimeMs = 0;
  #halted: string | undefined;

  constructor(meter: Meter, logger: Logger) {
    this.#logger = logger;
    this.#blocks = meter.createCounter('listener_blocks_total', {
      description: 'blocks written to the log',
    });
    this.#events = meter.createCounter('listener_events_total', {
      description: 'lines of log books written to the log',
    });
    meter
      .createObservableGauge('listener_height_blocks', { description: 'newest block in the log' })
      .addCallback((result) => result.observe(this.#block));
    meter
      .createObservableGauge('listener_ledger_time_seconds', { description: 'time of the ledger' })
      .addCallback((result) => result.observe(this.#ledgerTimeMs / 1000));
    meter
      .createObservableGauge('listener_halted', { description: '1 when a person has to look' })
      .addCallback((result) => result.observe(this.#halted === undefined ? 0 : 1));
  }

  /** Why no work is done; undefined while it is. */
  get trouble(): string | undefined {
    return this.#halted ?? (this.#block < 0 ? 'no block has been read yet' : undefined);
  }

  moved({ block, blocks, events, ledgerTimeMs }: ListenerProgress): void {
    this.#block = block;
    this.#ledgerTimeMs = ledgerTimeMs;
    this.#blocks.add(blocks);
    this.#events.add(events);
  }

  /** Takes note of what halts the listener; answers false for any other error. */
  halt(error: unknown): boolean {
    if (!(error instanceof ListenerHalted) && !(error instanceof PassportError)) return false;
    this.#halted = error.message;
    this.#logger.error({ event: 'listener.halted', code: error.code, error });
    return true;
  }
}
