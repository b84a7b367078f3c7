import { type Ledger, passportClient, readLedgerName } from '@passport/ledger-client';
import { type Instant, parseJson, vid, type Vid } from '@passport/model';
import { systemRandom } from '@passport/runtime';
import { z } from 'zod';

/** That an owner had something erased, and the block that says so. */
export type ErasedOnLedger = {
  readonly vid: Vid;
  readonly ownerEpoch: number;
  readonly block: number;
};

/** What the registry reads of the ledger. */
export type ErasureSource = {
  /** The ledger's name (CAIP-2). */
  ledger(): Promise<string>;
  /** Erasures from a block on, as they come, until the signal aborts. */
  read(fromBlock: number, signal: AbortSignal): AsyncIterable<ErasedOnLedger>;
  /** Owner epochs of a vehicle, and since when each is. */
  owners(vid: Vid): Promise<readonly { readonly ownerEpoch: number; readonly since: Instant }[]>;
};

const EVENT = 'Erased';

const erased = z.object({ vid, ownerEpoch: z.int().min(1) });

/** How long the peer may take to say which ledger it has. */
const NAME_MS_MAX = 30_000;

/** The member's own peer: the contract sets an event with every erasure. */
export function ledgerErasures(ledger: Ledger, chaincode: string): ErasureSource {
  const { passport } = passportClient(ledger, { chaincode, random: systemRandom });
  let name: Promise<string> | undefined;
  return {
    ledger: () => {
      name ??= readLedgerName(ledger, AbortSignal.timeout(NAME_MS_MAX)).catch((error: unknown) => {
        name = undefined;
        throw error;
      });
      return name;
    },
    async *read(fromBlock, signal) {
      if (signal.aborted) return;
      const startBlock = BigInt(fromBlock);
      const events = await ledger.network.getChaincodeEvents(chaincode, { startBlock });
      const close = (): void => events.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        for await (const { eventName, payload, blockNumber } of events) {
          if (signal.aborted) return;
          if (eventName !== EVENT) continue;
          const said = parseJson(erased, Buffer.from(payload).toString('utf8'));
          yield { ...said, block: Number(blockNumber) };
        }
      } finally {
        signal.removeEventListener('abort', close);
        close();
      }
    },
    owners: async (of) => (await passport.readLogBook({ vid: of })).owners,
  };
}
