import type { Meter } from '@opentelemetry/api';

import type { ConsumerOptions } from './consumer.ts';

type Applied = Parameters<NonNullable<ConsumerOptions['onApplied']>>[0];

/** Where this instance is, for its metrics and for people. */
export class SpeedState {
  readonly #facts;
  readonly #blocks = new Map<number, number>();
  #halted: string | undefined;

  constructor(meter: Meter) {
    this.#facts = meter.createCounter('speed_facts_total', { description: 'facts applied' });
    meter
      .createObservableGauge('speed_height_blocks', { description: 'newest block by partition' })
      .addCallback((result) => {
        for (const [partition, block] of this.#blocks) result.observe(block, { partition });
      });
    meter
      .createObservableGauge('speed_halted', { description: '1 when a person has to look' })
      .addCallback((result) => result.observe(this.#halted === undefined ? 0 : 1));
  }

  /** Why no work is done; undefined while it is. */
  get trouble(): string | undefined {
    return this.#halted;
  }

  applied({ partition, position, facts }: Applied): void {
    this.#facts.add(facts);
    this.#blocks.set(partition, position.block);
  }

  halt(error: Error): void {
    this.#halted = error.message;
  }
}
