import { connectLedger, type Ledger, type NetworkProfile } from '@passport/ledger-client';
import { gatewayBlocks } from '@passport/ledger-listener';
import { GrowingHistory, type LedgerBlock } from '@passport/oracle';

const RETRY_MS = 50;

/** Reads the ledger for the oracle, which has nothing else. */
export class Follower {
  readonly history = new GrowingHistory('passport');
  readonly blocks: LedgerBlock[] = [];
  readonly #ledger: Ledger;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #failure: unknown;

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#running = this.#follow();
  }

  static async start(profile: NetworkProfile): Promise<Follower> {
    return new Follower(await connectLedger(profile, { mspId: 'GarageMSP', user: 'User1' }));
  }

  /** The newest block; -1 before the first. Throws what the oracle threw. */
  get height(): number {
    if (this.#failure !== undefined) throw new Error('the oracle', { cause: this.#failure });
    return this.blocks.length - 1;
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
    this.#ledger.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted && this.#failure === undefined) {
      try {
        for await (const block of gatewayBlocks(this.#ledger).read(this.blocks.length, signal)) {
          this.#add(block);
        }
      } catch (error) {
        // The ledger is away, unless it is the oracle that has not taken the block.
        if (error === this.#failure) return;
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  #add(block: LedgerBlock): void {
    try {
      this.history.add(block);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.blocks.push(block);
  }
}
