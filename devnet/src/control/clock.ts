/**
 * The devnet's clock: the system's, shifted. Certificates expire and requests age by it;
 * transaction timestamps are their clients' own, as on any Fabric network.
 */
export class ShiftedClock {
  readonly #system: () => Date;
  #offsetMs = 0;

  constructor(system: () => Date) {
    this.#system = system;
  }

  readonly now = (): Date => new Date(this.#system().getTime() + this.#offsetMs);

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Runs this many milliseconds ahead of the system's clock, or behind it. */
  shift(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }
}
