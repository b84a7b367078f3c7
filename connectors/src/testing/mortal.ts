import type { LogBookWriter } from '../log-book-writer.ts';
import type { ConnectorMemory } from '../memory/connector-memory.ts';

/** The process was killed. */
export class Killed extends Error {}

/**
 * A process that is killed at its n-th step: before or after any call that leaves it. Nothing that it
 * tries later happens.
 */
export class Mortal {
  #stepsLeft: number;

  constructor(steps: number) {
    this.#stepsLeft = steps;
  }

  /** The ledger as this process reaches it. */
  writer(ledger: LogBookWriter): LogBookWriter {
    return {
      registerVehicles: (id, vehicles) => this.#call(() => ledger.registerVehicles(id, vehicles)),
      recordEvents: (id, events) => this.#call(() => ledger.recordEvents(id, events)),
      voidEvent: (id, request) => this.#call(() => ledger.voidEvent(id, request)),
    };
  }

  /** The disk as this process reaches it. */
  memory(disk: ConnectorMemory): ConnectorMemory {
    return {
      ...disk,
      begin: (command) => this.#call(() => disk.begin(command)),
      finish: (id, outcome) => this.#call(() => disk.finish(id, outcome)),
      adopt: (vehicles) => this.#call(() => disk.adopt(vehicles)),
    };
  }

  async #call<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    this.#step();
    const answer = await call();
    this.#step();
    return answer;
  }

  #step(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) throw new Killed('killed');
  }
}
