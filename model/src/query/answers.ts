/** Where an answer is exact. */
export type ExactAt = {
  /** The ledger's name, a CAIP-2 reference. */
  readonly ledger: string;
  readonly block: number;
  /** SHA-256 of that block's header, hexadecimal. */
  readonly blockHash: string;
  /** The latest time of a valid transaction up to that block, YYYY-MM-DDTHH:MM:SS.sssZ. */
  readonly ledgerTime: string;
  /** The version of the views' definitions. */
  readonly definitions: number;
};

/** The answer to a query of a view. */
export type ViewAnswer = ExactAt & {
  readonly view: string;
  readonly by: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  /**
   * One for each combination of values of `by` that an event which stands has, sorted by them as
   * texts of UTF-16 code units; without `by` it is one in any case. The values of `by`, then those of
   * the metrics.
   */
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/** Where an event is in a log book. */
type Place = { readonly source: string; readonly entry: number; readonly index: number };

/** One line of a log book in an answer. */
export type VehicleEvent = {
  readonly kind: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly block: number;
  readonly tx: number;
  readonly index: number;
  /** Null of what members and owners do. */
  readonly place: Place | null;
  readonly odometerKm: number | null;
  /** Quality index, 0 to 1000. */
  readonly quality: number | null;
  /** All else that may be read of it. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Where the event that voids it is. */
  readonly voidedBy: Place | null;
};

/** One car's whole log book. */
export type VehicleAnswer = ExactAt & {
  readonly vid: string;
  /** By the last event that has changed it. */
  readonly state: string;
  /** How many owners it has had. */
  readonly owners: number;
  /** By day, then in the order of the ledger. */
  readonly events: readonly VehicleEvent[];
};
