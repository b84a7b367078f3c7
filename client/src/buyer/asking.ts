/** Formats of answers, by the ending of a file's name. */
export const answerFormats = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
} as const;

/** {@link answerFormats} */
export type AnswerFormat = keyof typeof answerFormats;

/** Something that can be bought: one request to the market. */
export type Ask = {
  readonly method: 'GET' | 'POST';
  /** Below the API, with the query: `v1/released/usage?metrics=trips`. */
  readonly path: string;
  /** JSON, of a POST. */
  readonly body?: unknown;
  readonly format?: AnswerFormat | undefined;
  /** Further headers, such as the proof of a grantee. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the request has to prove the buyer's key, as one about a vehicle does. */
  readonly isProven?: boolean | undefined;
};

/** What is asked of a released view; names and values as docs/views.md has them. */
export type ViewAsk = {
  readonly view: string;
  readonly metrics: readonly string[];
  readonly by?: readonly string[] | undefined;
  /** Values that a dimension may have. */
  readonly where?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** An older epoch's last block. */
  readonly atBlock?: number | undefined;
  readonly format?: AnswerFormat | undefined;
};

/** The request for sums over what was released of a view. */
export function viewAsk(asked: ViewAsk): Ask {
  const { view, metrics, by = [], where = {}, from, to, atBlock, format } = asked;
  const query = new URLSearchParams({ metrics: metrics.join(',') });
  if (by.length > 0) query.set('by', by.join(','));
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('to', to);
  for (const [name, values] of Object.entries(where)) {
    for (const value of values) query.append(name, value);
  }
  if (atBlock !== undefined) query.set('atBlock', String(atBlock));
  return {
    method: 'GET',
    path: `v1/released/${encodeURIComponent(view)}?${query.toString()}`,
    format,
  };
}

/** The request for one SELECT over the tables of a product. */
export function sqlAsk(asked: {
  readonly product: string;
  readonly sql: string;
  /** Rows that are paid for at most, and quoted: what is beyond is cut off. The market's limit without. */
  readonly rowsMax?: number | undefined;
  readonly atBlock?: number | undefined;
  readonly format?: AnswerFormat | undefined;
}): Ask {
  const { format, ...body } = asked;
  return { method: 'POST', path: 'v1/sql', body, format };
}

/**
 * The request for distance and harsh events by month of vehicles, each under a reference that is the buyer's own
 * ({@link Buyer.reference}), by grants of their owners to the buyer's key.
 */
export function drivingAsk(asked: {
  readonly vehicles: readonly string[];
  /** First and last month, YYYY-MM. */
  readonly from: string;
  readonly to: string;
  readonly format?: AnswerFormat | undefined;
}): Ask {
  const { format, ...body } = asked;
  return { method: 'POST', path: 'v1/driving', body, format };
}

/** The request for the log book of one vehicle, by a grant of its owner to the buyer's key. */
export function vehicleAsk(asked: {
  readonly vid: string;
  readonly grant?: string | undefined;
  readonly format?: AnswerFormat | undefined;
}): Ask {
  const query = asked.grant === undefined ? '' : `?grant=${encodeURIComponent(asked.grant)}`;
  const path = `v1/vehicles/${encodeURIComponent(asked.vid)}${query}`;
  return { method: 'GET', path, format: asked.format, isProven: true };
}
