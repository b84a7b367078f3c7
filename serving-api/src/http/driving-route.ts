import {
  type KeyId,
  parse,
  PassportError,
  type VehicleAnswer,
  type VehicleEvent,
  type Vid,
} from '@passport/model';
import { pairwiseId } from '@passport/privacy';
import type { Context } from 'hono';

import type { Asked } from '../access/decide.ts';
import { openForMarket } from '../access/market-keys.ts';
import { drivingScopes, monthsOfDriving, tableOfDriving } from '../access/monthly-driving.ts';
import { meanQuality } from '../access/sold-book.ts';
import {
  lookWithGrant,
  readBefore,
  type Seen,
  takeRead,
  type VehicleDesk,
} from '../access/vehicle-desk.ts';
import { formatOf, tableHeaders } from '../formats/formats.ts';
import type { TableFormat } from '../formats/table-format.ts';
import type { ForSale, SoldAnswer } from '../market/for-sale.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { payFor } from '../market/pay-for.ts';
import { payingRequest } from '../market/paying-request.ts';
import {
  openVehicleReference,
  pairwisePurpose,
  VEHICLE_REFERENCE,
} from '../market/vehicle-reference.ts';
import type { AppOptions } from './app-options.ts';
import { requirePayment } from './asking.ts';
import { bookOf } from './book-of.ts';
import { type DrivingQuestion, drivingQuestion, monthsBetween } from './driving-description.ts';
import { exactHeaders } from './exact-headers.ts';

/** One vehicle of a question. */
type Asking = { readonly vid: Vid; readonly book: VehicleAnswer; readonly place: number };

/** What answering takes. */
type Parts = {
  readonly options: AppOptions;
  readonly desk: VehicleDesk;
  readonly market: MarketDesk;
  readonly question: DrivingQuestion;
  readonly format: TableFormat;
};

/**
 * Sells the driving of vehicles by month to who was granted it by each owner, under ids that only that buyer
 * has. One vehicle that is not granted refuses all: nothing is charged. Throws PassportError.
 */
export async function answerDriving(options: AppOptions, context: Context): Promise<Response> {
  const format = formatOf(context.req.header('accept'));
  const body: unknown = await context.req.json().catch(() => undefined);
  const question = parse(drivingQuestion, body, 'REQUEST_MALFORMED');
  const { desk, sales } = options;
  if (desk === undefined || sales === undefined) {
    requirePayment(options);
    throw new PassportError('NOT_READY', 'nothing is sold here');
  }
  const parts = { options, desk, market: sales.desk, question, format };
  return payFor(sales.desk, payingRequest(context), (buyer) => drivingSale(parts, buyer));
}

function drivingSale(parts: Parts, buyer: KeyId | undefined): ForSale {
  const { options, market, question, format } = parts;
  const { vehicles, from, to } = question;
  const product = market.prices.productNamed('monthly-driving', 'vehicle');
  const asked: Asked = { scopes: drivingScopes, purposes: product.purposes };
  const booksAt = async (by: KeyId, block: number): Promise<Asking[]> => {
    const key = market.seal.derive(VEHICLE_REFERENCE);
    return each(vehicles, async (reference, place) => {
      const vid = openVehicleReference(key, by, reference);
      return { vid, place, book: await bookOf(vid, options, block) };
    });
  };
  const now = (): number => options.mirror.current.exactAt().block;
  return {
    ...{ product, kind: 'vehicle', mediaType: format.mediaType },
    request: {
      ...{ method: 'POST', path: '/v1/driving', vehicles: [...vehicles], from, to },
      accept: format.mediaType,
    },
    // What is granted to whom a quote does not tell.
    atMost: () => ({
      ...{ block: now(), units: vehicles.length * monthsBetween(from, to) },
      qualityPermille: null,
    }),
    requireOpen: async () => {
      const caller = { keyId: requireBuyer(buyer) };
      const books = await booksAt(caller.keyId, now());
      await each(books, ({ book }) => Promise.resolve(readBefore(caller, book, asked)));
    },
    produce: async (at) => {
      const caller = { keyId: requireBuyer(buyer) };
      const books = await booksAt(caller.keyId, at ?? now());
      const isAgain = at !== undefined;
      const seen = await each(books, async ({ vid, book }) =>
        isAgain
          ? readBefore(caller, book, asked)
          : lookWithGrant(parts.desk, caller, vid, book, asked),
      );
      const answer = await answerOf(parts, caller.keyId, books, seen);
      // All of them may be read, so all reads are written down, before anything leaves.
      if (!isAgain) {
        await each(books, ({ vid, book }) => takeRead(parts.desk, caller, vid, book, asked));
      }
      return answer;
    },
  };
}

async function answerOf(
  { options, market, question, format }: Parts,
  buyer: KeyId,
  books: readonly Asking[],
  seen: readonly Seen[],
): Promise<SoldAnswer> {
  const { marketKeys, mirror } = options;
  if (marketKeys === undefined) throw new PassportError('NOT_READY', 'no keys of the market here');
  const relation = market.seal.derive(pairwisePurpose(buyer));
  const lines: VehicleEvent[] = [];
  const months = await each(books, async ({ vid, book, place }) => {
    const events = seen[place]?.events ?? [];
    const wanted = { vid, book, lines: events, scopes: drivingScopes };
    const opened = await openForMarket(marketKeys, wanted);
    lines.push(...opened.map(({ line }) => line));
    return monthsOfDriving(pairwiseId(relation, vid), opened, question);
  });
  const table = tableOfDriving(months.flat());
  const head = mirror.current.exactAt(books[0]?.book.block);
  const { 'Content-Type': type, ...headers } = tableHeaders(format, exactHeaders(head));
  return {
    body: Buffer.concat([...format.encode(table, head)]),
    ...{ type, headers, block: head.block, units: table.rows.length },
    ...{ qualityPermille: meanQuality(lines), isOfNothing: table.rows.length === 0 },
  };
}

/** One after the other; what refuses a vehicle says which one of the request it is. */
async function each<One, Made>(
  list: readonly One[],
  make: (one: One, place: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const [place, one] of list.entries()) {
    try {
      made.push(await make(one, place));
    } catch (error) {
      if (!(error instanceof PassportError)) throw error;
      const failure = new PassportError(error.code, `vehicle ${place + 1}: ${error.detail}`);
      failure.cause = error;
      throw failure;
    }
  }
  return made;
}

function requireBuyer(buyer: KeyId | undefined): KeyId {
  if (buyer !== undefined) return buyer;
  throw new PassportError('PAYMENT_REQUIRED', 'nobody has paid');
}
