import type {
  CommandId,
  Day,
  EventId,
  EventInput,
  EventPlace,
  KeyId,
  Recorded,
  Sealed,
  SealingKeyInput,
  Vid,
} from '@passport/model';

/**
 * Where a connector writes: the ledger's log books, as one source. Each call executes once for its
 * command id, however often it is made; it resolves when the transaction is committed.
 */
export type LogBookWriter = {
  /** Makes vehicles known: 500 at most. */
  registerVehicles(
    commandId: CommandId,
    vehicles: readonly {
      readonly vid: Vid;
      readonly day: Day;
      readonly owner?: KeyId;
      /** The owner's first keys. */
      readonly keys?: readonly SealingKeyInput[];
      /** The vehicle's papers. */
      readonly sealed?: Sealed;
      readonly generated?: true;
    }[],
  ): Promise<void>;
  /** Records 1 to 500 events: all, or none. */
  recordEvents(commandId: CommandId, events: readonly EventInput[]): Promise<Recorded>;
  /** Voids an event by another one of that id. */
  voidEvent(
    commandId: CommandId,
    request: {
      readonly id: EventId;
      readonly vid: Vid;
      readonly at: Day;
      readonly event: EventPlace;
      readonly reason: string;
    },
  ): Promise<void>;
};
