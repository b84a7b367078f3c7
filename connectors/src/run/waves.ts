import type { FeedEvent } from '../feed.ts';

/**
 * Events that wait for their batch. A correction comes a batch later than what its vehicle has before
 * it, for what it corrects must be recorded before it can be voided; and whatever else the vehicle has
 * waits behind it. So the events of a vehicle stay in order, and the other vehicles do not wait.
 */
export class Waves {
  readonly #waves: FeedEvent[][] = [];
  /** The last wave in which a vehicle has events. */
  readonly #reached = new Map<string, number>();
  #size = 0;

  /** Events that wait, in all waves. */
  get size(): number {
    return this.#size;
  }

  push(event: FeedEvent): void {
    const reached = this.#reached.get(event.vehicle);
    const isBehind = event.corrects !== undefined && reached !== undefined;
    const wave = (reached ?? 0) + (isBehind ? 1 : 0);
    while (this.#waves.length <= wave) this.#waves.push([]);
    this.#waves[wave]?.push(event);
    this.#reached.set(event.vehicle, wave);
    this.#size += 1;
  }

  /** Takes the first events of the first wave, so many at most. */
  take(eventsMax: number): FeedEvent[] {
    const [first = []] = this.#waves;
    const taken = first.splice(0, eventsMax);
    this.#size -= taken.length;
    if (first.length === 0) this.#advance();
    return taken;
  }

  #advance(): void {
    this.#waves.shift();
    for (const [vehicle, wave] of this.#reached) {
      if (wave === 0) this.#reached.delete(vehicle);
      else this.#reached.set(vehicle, wave - 1);
    }
  }
}
