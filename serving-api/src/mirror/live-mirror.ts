import { PassportError } from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import { Mirror, type MirrorOptions, NotYet } from './mirror.ts';

/** How a mirror is kept up. */
export type LiveOptions = MirrorOptions & {
  readonly logger: Logger;
  /** Pause between two looks for new blocks, milliseconds. */
  readonly pollMs: number;
  /** Pause before another attempt after a failure, milliseconds. */
  readonly retryMs: number;
};

/**
 * A mirror that follows the ledger. When state is lost or out of reach, it goes on answering at the
 * last exact block, while a new mirror is loaded.
 */
export class LiveMirror {
  readonly #options: LiveOptions;
  #mirror: Mirror | undefined;
  #trouble: string | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** The mirror. Throws PassportError `NOT_READY` before the first one is loaded. */
  get current(): Mirror {
    if (this.#mirror !== undefined) return this.#mirror;
    throw new PassportError('NOT_READY', this.#trouble ?? 'views are being loaded');
  }

  /** The block of the newest exact answer; undefined while there is none. */
  get block(): number | undefined {
    return this.#mirror?.block;
  }

  /** Why it does not move on; undefined while it does. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Follows until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { logger, pollMs, retryMs } = this.#options;
    let loaded: Mirror | undefined;
    while (!signal.aborted) {
      let pauseMs = pollMs;
      try {
        if (loaded === undefined) {
          loaded = await Mirror.load(this.#options);
          const ledger = this.#mirror?.ledger ?? loaded.ledger;
          if (loaded.ledger !== ledger) {
            throw new NotYet(`state is of ${loaded.ledger}, answers are of ${ledger}`);
          }
          // Never back in time: what was answered stays the newest until the new one is there.
          logger.info({ event: 'serving.loaded', block: loaded.block });
        }
        await loaded.advance();
        if (loaded.block >= (this.#mirror?.block ?? -1)) this.#mirror = loaded;
        this.#trouble = undefined;
      } catch (error) {
        // Redis or the archive may be away for a while; a bug shows in the log each time.
        const why = error instanceof Error ? error.message : String(error);
        if (why !== this.#trouble) logger.warn({ event: 'serving.not_moving', error });
        this.#trouble = why;
        if (error instanceof NotYet) loaded = undefined;
        pauseMs = retryMs;
      }
      await sleep(pauseMs, signal).catch(() => {});
    }
  }
}
