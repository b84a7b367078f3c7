import type { Day, EventId, Fields, Method, RecordableKind } from '@passport/model';

/** What a feed has to say of one vehicle; the vehicle by the name that the feed has for it. */
export type FeedEvent = {
  readonly type: 'event';
  readonly vehicle: string;
  /** The source's own name of the event: the same one whenever the feed is read again. */
  readonly id: EventId;
  readonly kind: RecordableKind;
  readonly at: Day;
  readonly method: Method;
  readonly odometerKm?: number;
  /** What is sealed: whole numbers in the units of the signals, and texts. */
  readonly fields: Fields;
  readonly generated?: true;
  /** The vehicle's papers as the feed knows them; kept when this event is its vehicle's first. */
  readonly papers?: Fields;
  /** The event of an earlier version that this one corrects; it is voided for that reason. */
  readonly corrects?: { readonly id: EventId; readonly reason: string };
};

/** Input that cannot become an event, and why; the feed goes on. */
export type FeedRefusal = {
  readonly type: 'refused';
  /** In kebab case, of a fixed list of the feed's: `speed-impossible`. */
  readonly reason: string;
  /** Rows of input. */
  readonly rows: number;
};

export type FeedItem = FeedEvent | FeedRefusal;

/**
 * A feed reads a source's own format and says what it has to say as events, cleaned, in constant
 * memory. It answers the same items in the same order whenever the same input is read; the events of
 * one vehicle come in the order of their days.
 */
export type Feed = {
  /** In kebab case. */
  readonly name: string;
  /** Rows read so far, for progress and for the figures. */
  readonly rowsRead: () => number;
  readonly read: (signal?: AbortSignal) => AsyncIterable<FeedItem>;
};
