import type { Ask, Priced } from '@passport/client/buyer';
import { useEffect, useState } from 'hono/jsx/dom';

import type { BuyerRoom } from '../../browser/buyer-room.ts';
import { failureText } from '../lib/failure-text.ts';

/** Nobody is asked before somebody has stopped typing for so long. */
const PAUSE_MS = 400;

/** What a question costs, as far as it is known. */
export type Price =
  | { readonly is: 'asking' }
  | { readonly is: 'free' }
  | { readonly is: 'quoted'; readonly priced: Priced }
  | { readonly is: 'refused'; readonly why: string };

/** The price of a question, asked again whenever it changes: the market's own signed quote. */
export function usePrice(room: BuyerRoom, ask: Ask): Price {
  const [known, setKnown] = useState<{ readonly of: string; readonly price: Price } | undefined>(
    undefined,
  );
  const key = JSON.stringify(ask);
  useEffect(() => {
    let isCurrent = true;
    const tell = (price: Price): void => {
      if (isCurrent) setKnown({ of: key, price });
    };
    const timer = globalThis.setTimeout(() => {
      quoteOf(room, ask).then(tell, (error: unknown) =>
        tell({ is: 'refused', why: failureText(error) }),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      globalThis.clearTimeout(timer);
    };
  }, [key]);
  return known?.of === key ? known.price : { is: 'asking' };
}

async function quoteOf(room: BuyerRoom, ask: Ask): Promise<Price> {
  const priced = await (await room.asVisitor()).quote(ask);
  return priced === undefined ? { is: 'free' } : { is: 'quoted', priced };
}
