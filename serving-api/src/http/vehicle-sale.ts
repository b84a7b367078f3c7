import { type KeyId, PassportError, type VehicleAnswer, type Vid } from '@passport/model';
import { pairwiseId } from '@passport/privacy';

import type { Asked, Caller } from '../access/decide.ts';
import { meanQuality, soldBook } from '../access/sold-book.ts';
import {
  lookWithGrant,
  readBefore,
  type Seen,
  takeRead,
  type VehicleDesk,
} from '../access/vehicle-desk.ts';
import type { Counted, ForSale, SoldAnswer } from '../market/for-sale.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { pairwisePurpose } from '../market/vehicle-reference.ts';

const TYPE = 'application/json';

/** What selling a log book takes. */
export type VehicleSale = {
  readonly desk: VehicleDesk;
  readonly market: MarketDesk;
  readonly vid: Vid;
  /** Of the log book as it is now, or was at a block. */
  readonly bookAt: (block?: number) => Promise<VehicleAnswer>;
  readonly asked: Asked;
  /** The query of the request's URL, with its question mark. */
  readonly search: string;
};

/**
 * A log book for who was granted it and pays: the grant has to be for a purpose that the product is sold for.
 * What it costs is told to nobody else. Throws PassportError `PROOF_REQUIRED` where nobody knows who asks.
 */
export function vehicleSale(sale: VehicleSale, buyer: KeyId | undefined): ForSale {
  const { desk, market, vid, bookAt, search } = sale;
  if (buyer === undefined) throw new PassportError('PROOF_REQUIRED', 'pay, or prove your key');
  const product = market.prices.productNamed('vehicle-history', 'vehicle');
  const caller: Caller = { keyId: buyer };
  const asked: Asked = { ...sale.asked, purposes: product.purposes };
  const vehicle = pairwiseId(market.seal.derive(pairwisePurpose(buyer)), vid);
  const answerOf = (book: VehicleAnswer, seen: Seen): SoldAnswer => ({
    body: Buffer.from(JSON.stringify(soldBook(book, seen, vehicle)), 'utf8'),
    ...{ type: TYPE, ...countedOf(book, seen), isOfNothing: seen.events.length === 0 },
  });
  return {
    ...{ product, kind: 'vehicle', mediaType: TYPE },
    request: { method: 'GET', path: `/v1/vehicles/${vid}`, search },
    atMost: async () => {
      const book = await bookAt();
      return countedOf(book, requireGrantee(await lookWithGrant(desk, caller, vid, book, asked)));
    },
    requireOpen: async () => {
      requireGrantee(readBefore(caller, await bookAt(), asked));
    },
    produce: async (at) => {
      const book = await bookAt(at);
      if (at !== undefined) return answerOf(book, readBefore(caller, book, asked));
      return answerOf(book, await takeRead(desk, caller, vid, book, asked));
    },
  };
}

function countedOf({ block }: VehicleAnswer, { events }: Seen): Counted {
  return { block, units: events.length, qualityPermille: meanQuality(events) };
}

/** An owner reads for nothing, by a proof. */
function requireGrantee(seen: Seen): Seen {
  if (seen.access.as === 'grantee') return seen;
  throw new PassportError('GRANT_UNKNOWN', 'it is your own: read it for nothing, by a proof');
}
