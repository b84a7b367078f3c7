import type { Ledger } from '../ledger/ledger.ts';
import type { Orderer } from '../ordering/orderer.ts';
import type { ShiftedClock } from './clock.ts';
import type { DevnetControls, DevnetStatus } from './control-api.ts';

/** Carries out the developer controls on a running devnet. */
export class DevnetController implements DevnetControls {
  readonly #ledger: Ledger;
  readonly #orderer: Orderer;
  readonly #clock: ShiftedClock;

  constructor(ledger: Ledger, orderer: Orderer, clock: ShiftedClock) {
    this.#ledger = ledger;
    this.#orderer = orderer;
    this.#clock = clock;
  }

  async status(): Promise<DevnetStatus> {
    const { height, headerHash } = this.#ledger.tip;
    return {
      channel: this.#ledger.channelId,
      height,
      headerHash: headerHash.toString('hex'),
      pending: this.#orderer.pendingCount,
      automaticCutting: this.#orderer.isCuttingAutomatically,
      clock: { offsetMs: this.#clock.offsetMs, now: this.#clock.now().toISOString() },
      snapshots: await this.#ledger.snapshotNames(),
    };
  }

  async cut(): Promise<void> {
    await this.#orderer.cut();
  }

  setAutomaticCutting(automatic: boolean): void {
    this.#orderer.setAutomaticCutting(automatic);
  }

  shiftClock(offsetMs: number): void {
    this.#clock.shift(offsetMs);
  }

  async saveSnapshot(name: string): Promise<void> {
    await this.#orderer.whileIdle(() => this.#ledger.saveSnapshot(name));
  }

  /**
   * As {@link DevnetControls} says. What was endorsed before the restore and is submitted after it
   * is judged by the versions that it has read, which the restored chain may give out again:
   * clients are to begin anew.
   */
  async restoreSnapshot(name: string): Promise<void> {
    await this.#orderer.whileIdle(() => this.#ledger.restoreSnapshot(name));
  }

  explain(txId: string): string | undefined {
    return this.#ledger.explanation(txId);
  }
}
