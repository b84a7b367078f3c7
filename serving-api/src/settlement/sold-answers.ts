import {
  ANY,
  canonicalJson,
  type JsonValue,
  microOf,
  parseVid,
  PassportError,
  readReleasedQuery,
  type Receipt,
  type ReleasedQuery,
  type ReleasedViewName,
  releasedViews,
  type SoldLine,
  type Vid,
  viewsInSql,
} from '@passport/model';

/** What an answer was made of. */
export type AnswerScope =
  /** Batches of a view that a question has taken. */
  | { readonly of: 'query'; readonly query: ReleasedQuery }
  /** All batches of some views. */
  | { readonly of: 'views'; readonly views: readonly string[] }
  /** The log book of a vehicle. */
  | { readonly of: 'vehicle'; readonly vid: Vid }
  /** Trips of vehicles in months, YYYY-MM. */
  | {
      readonly of: 'driving';
      readonly vids: readonly Vid[];
      readonly from: string;
      readonly to: string;
    };

/** The vehicle that a buyer's own reference is of; undefined where it is none. */
export type OpenReference = (buyer: Receipt['buyer'], reference: string) => Vid | undefined;

/** A sale of an answer. */
export type SaleOfAnswer = { readonly receipt: Receipt; readonly settlement: number };

/** One answer, however often it was sold. */
export type SoldAnswer = {
  readonly product: Receipt['product'];
  readonly productVersion: number;
  readonly kind: Receipt['kind'];
  readonly block: number;
  readonly request: Receipt['request'];
  readonly asked: string;
  readonly sales: readonly SaleOfAnswer[];
  /** What was paid for it in all, micro-PCC. */
  readonly paid: bigint;
};

/** Sales by answer: what was asked, and at which block; in a fixed order. */
export function soldAnswers(
  settlements: readonly { readonly number: number; readonly sold: readonly SoldLine[] }[],
): SoldAnswer[] {
  const answers = new Map<string, { readonly line: SoldLine; readonly sales: SaleOfAnswer[] }>();
  for (const { number, sold } of settlements) {
    for (const line of sold) {
      const { product, productVersion, kind, block, request } = line.receipt;
      const name = canonicalJson([product, productVersion, kind, block, request]);
      const known = answers.get(name) ?? { line, sales: [] };
      known.sales.push({ receipt: line.receipt, settlement: number });
      answers.set(name, known);
    }
  }
  const sorted = [...answers].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { line, sales }]) => {
    const { product, productVersion, kind, block, request } = line.receipt;
    const paid = sales.reduce((sum, { receipt }) => sum + microOf(receipt.price), 0n);
    return { product, productVersion, kind, block, request, asked: line.asked, sales, paid };
  });
}

const RELEASED = /^\/v1\/released\/([^/]+)$/;
const DRIVING = '/v1/driving';
const VEHICLE = /^\/v1\/vehicles\/([^/]+)/;

/**
 * What an answer was made of, by its request: a question about batches, the log book of a vehicle, the driving of
 * vehicles under references that `open` opens, the tables that a statement can read; for all else, all batches of the
 * product's views.
 */
export function scopeOf(
  kind: Receipt['kind'],
  asked: string,
  views: readonly string[],
  open: (reference: string) => Vid | undefined,
): AnswerScope {
  const request = JSON.parse(asked) as JsonValue;
  const path = memberOf(request, 'path');
  const view = RELEASED.exec(path)?.[1];
  if (kind === 'view' && view !== undefined) {
    const query = readReleasedQuery(view, new URLSearchParams(memberOf(request, 'search')));
    return { of: 'query', query };
  }
  if (kind === 'sql') return { of: 'views', views: viewsInSql(memberOf(request, 'sql'), views) };
  if (kind === 'vehicle' && path === DRIVING) {
    const [from, to] = [memberOf(request, 'from'), memberOf(request, 'to')];
    return { of: 'driving', vids: referencesIn(asked).flatMap((one) => open(one) ?? []), from, to };
  }
  const vid = vidOf(memberOf(request, 'vid') || (VEHICLE.exec(path)?.[1] ?? ''));
  if (kind === 'vehicle' && vid !== undefined) return { of: 'vehicle', vid };
  return { of: 'views', views };
}

/** Whether a batch was in an answer: it fits all that was asked for, and can tell of it (docs/views.md). */
export function tookPart(
  scope: AnswerScope,
  view: ReleasedViewName,
  dimensions: readonly string[],
): boolean {
  if (scope.of === 'vehicle' || scope.of === 'driving') return false;
  if (scope.of === 'views') return scope.views.includes(view);
  const { query } = scope;
  if (query.view !== view) return false;
  const { filters, from, to } = query;
  return releasedViews[view].dimensions.every(({ name, isDay }, place) => {
    const value = dimensions[place] ?? '';
    const values = filters[name];
    if (values !== undefined && !values.includes(value)) return false;
    if (isDay !== true || (from === undefined && to === undefined)) return true;
    return value !== ANY && (from ?? value) <= value && value <= (to ?? value);
  });
}

/** References of vehicles that a request names; none where it names them otherwise. */
export function referencesIn(asked: string): readonly string[] {
  const request = JSON.parse(asked) as JsonValue;
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return [];
  const { vehicles } = request as Readonly<Record<string, JsonValue>>;
  if (!Array.isArray(vehicles)) return [];
  return vehicles.flatMap((one: JsonValue) => (typeof one === 'string' ? [one] : []));
}

function memberOf(request: JsonValue, name: string): string {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return '';
  const value = (request as Readonly<Record<string, JsonValue>>)[name];
  return typeof value === 'string' ? value : '';
}

function vidOf(text: string): Vid | undefined {
  try {
    return parseVid(text);
  } catch (error) {
    if (error instanceof PassportError) return undefined;
    throw error;
  }
}
