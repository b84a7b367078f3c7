import type { Sink } from './contributions.ts';
import type { FoldMemory } from './fold-memory.ts';
import type { EventAddress } from './log-row.ts';
import type { MarketReader } from './market-reader.ts';

/** What a write is folded with. */
export type FoldContext = {
  readonly memory: FoldMemory;
  /** Where its first line is. */
  readonly address: EventAddress;
  /** The ledger's time at its block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
  /** Who reads what owners let the market read; without it, nothing that is sealed is opened. */
  readonly reader?: MarketReader | undefined;
  readonly sink: Sink;
};
