import { LedgerError, type PassportClient } from '@passport/ledger-client';
import { parse, reason as reasonSchema, type SourceId, type Vid } from '@passport/model';

import type { LogBookWriter } from './log-book-writer.ts';

/** Whom a connector writes as, and where its registration tickets come from. */
export type LedgerWriterOptions = {
  /** A user whose key is one of the source's. */
  readonly client: PassportClient;
  readonly source: SourceId;
  /** Asks the registry for the ticket of a new vehicle. */
  readonly ticketFor: (vid: Vid) => Promise<string>;
};

/** Writes log books to the ledger, through the typed calls of the contracts. Throws LedgerError. */
export function ledgerLogBookWriter(options: LedgerWriterOptions): LogBookWriter {
  const { client, source, ticketFor } = options;
  const { passport } = client;
  return {
    async registerVehicles(commandId, vehicles) {
      const withTickets = await Promise.all(
        vehicles.map(async ({ vid, keys, ...rest }) => ({
          ticket: await ticketFor(vid),
          ...rest,
          ...(keys === undefined ? {} : { keys: [...keys] }),
        })),
      );
      try {
        await passport.registerVehicles({ commandId, source, vehicles: withTickets });
      } catch (error) {
        // Called again, it comes with new tickets, and the ledger sees another payload. The id is
        // made of the vehicles: whatever used it registered them.
        if (!(error instanceof LedgerError)) throw error;
        if (error.chaincode?.code !== 'COMMAND_ID_REUSED') throw error;
      }
    },
    async recordEvents(commandId, events) {
      const request = { commandId, source, events: [...events] };
      return (await passport.recordEvents(request)).answer;
    },
    async voidEvent(commandId, { event, reason, ...request }) {
      await passport.voidEvent({
        commandId,
        source,
        event,
        reason: parse(reasonSchema, reason),
        ...request,
      });
    },
  };
}
