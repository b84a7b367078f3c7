import { type CommandId, type KeyId, PassportError, type Tab } from '@passport/model';

/** What the market needs of the ledger about tabs. */
export interface TabLedger {
  /** A tab as it is now. Throws PassportError `TAB_UNKNOWN`, and `NOT_READY` where the ledger is away. */
  readTab(buyer: KeyId, tab: CommandId): Promise<Tab>;
}

/** How old what is known of a tab may be. */
export type MirrorAges = {
  /** After so long it is read again, while sales go on. */
  readonly freshMs: number;
  /** After so long nothing is sold before it was read again; far less than a challenge window. */
  readonly staleMs: number;
  /** Tabs that are kept; those used longest ago go first. */
  readonly tabsMax: number;
};

const defaultMirrorAges: MirrorAges = { freshMs: 5_000, staleMs: 60_000, tabsMax: 20_000 };

type Known = { readonly tab: Tab; readonly readMs: number };

/**
 * Tabs as the ledger has them, read when they are used. It fails closed: of a tab that could not be read for
 * a while nobody knows whether it is closing, so nothing is sold on it.
 */
export class TabMirror {
  readonly #ledger: TabLedger;
  readonly #now: () => Date;
  readonly #ages: MirrorAges;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Tab>>();

  constructor(ledger: TabLedger, now: () => Date, ages = defaultMirrorAges) {
    this.#ledger = ledger;
    this.#now = now;
    this.#ages = ages;
  }

  /** A tab. Throws what reading it throws, where what is known of it is too old. */
  async get(buyer: KeyId, tab: CommandId): Promise<Tab> {
    const name = `${buyer} ${tab}`;
    const known = this.#known.get(name);
    if (known === undefined) return this.#read(name, buyer, tab);
    const ageMs = this.#now().getTime() - known.readMs;
    if (ageMs >= this.#ages.staleMs) return this.#read(name, buyer, tab);
    if (ageMs >= this.#ages.freshMs) {
      // What it throws shows once it is stale; until then what is known is good enough.
      void this.#read(name, buyer, tab).catch(() => undefined);
    }
    return known.tab;
  }

  /** Reads it anew. */
  async refresh(buyer: KeyId, tab: CommandId): Promise<Tab> {
    return this.#read(`${buyer} ${tab}`, buyer, tab);
  }

  #read(name: string, buyer: KeyId, tab: CommandId): Promise<Tab> {
    const under = this.#reading.get(name);
    if (under !== undefined) return under;
    // As old as its reading began: the ledger may have moved since.
    const readMs = this.#now().getTime();
    const reading = this.#ledger
      .readTab(buyer, tab)
      .then((read) => {
        this.#known.delete(name);
        this.#known.set(name, { tab: read, readMs });
        const [oldest] = this.#known.keys();
        if (this.#known.size > this.#ages.tabsMax && oldest !== undefined) {
          this.#known.delete(oldest);
        }
        return read;
      })
      .catch((error: unknown) => {
        if (error instanceof PassportError && error.code === 'TAB_UNKNOWN') {
          this.#known.delete(name);
        }
        throw error;
      })
      .finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }
}
