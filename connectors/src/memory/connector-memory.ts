import type {
  CommandId,
  Day,
  EventId,
  EventInput,
  EventPlace,
  KeyId,
  Sealed,
  SealingKeyInput,
  Vid,
} from '@passport/model';

/** A vehicle of the feed on the ledger. */
export type KnownVehicle = {
  readonly vid: Vid;
  /** The day of its first event. */
  readonly day: Day;
  readonly owner?: KeyId;
  /** The owner's first keys. */
  readonly keys?: readonly SealingKeyInput[];
  /** Its papers. */
  readonly sealed?: Sealed;
  readonly generated?: true;
  /** Whether the ledger has it. */
  readonly registered: boolean;
};

/** A vehicle on the ledger, by the feed's name. */
export type AdoptedVehicle = Pick<KnownVehicle, 'vid' | 'day' | 'generated'> & {
  readonly name: string;
};

/** Where an event is on the ledger. */
export type Recording = { readonly vid: Vid; readonly place: EventPlace };

/** A call of the ledger, whole, under its id: what has to be made again if nobody heard the answer. */
export type Command = RegisterCommand | RecordCommand | VoidCommand;

export type RegisterCommand = {
  readonly type: 'register';
  readonly id: CommandId;
  readonly vehicles: readonly {
    /** The feed's name. */
    readonly name: string;
    readonly vid: Vid;
    readonly day: Day;
    readonly owner?: KeyId;
    readonly keys?: readonly SealingKeyInput[];
    readonly sealed?: Sealed;
    readonly generated?: true;
  }[];
};

export type RecordCommand = {
  readonly type: 'record';
  readonly id: CommandId;
  readonly events: readonly EventInput[];
};

export type VoidCommand = {
  readonly type: 'void';
  readonly id: CommandId;
  /** The id of the event that voids the one at the place. */
  readonly event: EventId;
  readonly vid: Vid;
  readonly at: Day;
  readonly place: EventPlace;
  readonly reason: string;
};

/** What a command came to. */
export type Outcome = {
  /** Names of vehicles that the ledger has now. */
  readonly registered?: readonly string[];
  readonly recorded?: readonly (readonly [EventId, Recording])[];
  /** The id of the event that voids another. */
  readonly voided?: EventId;
};

/**
 * What a source's connector must not forget, even if it is killed: the vehicles' pseudonyms, which
 * events are recorded and where, and the commands under way. Each method that writes returns when
 * what it wrote outlives the machine; each is whole or not at all.
 */
export type ConnectorMemory = {
  readonly vehicle: (name: string) => KnownVehicle | undefined;
  /** Where an event was recorded; undefined when it was not. */
  readonly recording: (id: EventId) => Recording | undefined;
  /** Whether the event that voids another was recorded. */
  readonly isVoided: (id: EventId) => boolean;
  /** Commands under way, oldest first. */
  readonly underWay: () => Command[];
  /**
   * Remembers a command, and with one that registers also its vehicles, as not yet registered. One
   * that is under way already stays what and where it is.
   */
  readonly begin: (command: Command) => Promise<void>;
  /** Forgets a command and remembers what it came to. */
  readonly finish: (id: CommandId, outcome: Outcome) => Promise<void>;
  /** Remembers vehicles that the ledger has, whoever registered them. */
  readonly adopt: (vehicles: readonly AdoptedVehicle[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The vehicles that a command makes known, by name, as they are before it is carried out. */
export function vehiclesOf(command: Command): (readonly [string, KnownVehicle])[] {
  if (command.type !== 'register') return [];
  return command.vehicles.map(({ name, ...vehicle }) => [name, { ...vehicle, registered: false }]);
}

/**
 * What is left to remember of a vehicle that the ledger has: whose it is, their keys and its papers were for its
 * registration. So a source has nothing of an owner who has it erased.
 */
export function asRegistered({ vid, day, generated }: KnownVehicle): KnownVehicle {
  return { vid, day, ...(generated === undefined ? {} : { generated }), registered: true };
}
