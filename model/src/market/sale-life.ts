import type { ErrorCode } from '../errors/catalogue.ts';
import type { TabPhase } from './tab.ts';

/** Where the sale of an answer is. */
export const saleStates = [
  'asked',
  'covered',
  'answered',
  'given',
  'charged',
  'delivered',
  'refused',
  'credited',
] as const;

export type SaleState = (typeof saleStates)[number];

/**
 * What happens to it: `give` is that its answer rests on no data, `fail` anything that stops it, `lose` that its answer
 * is gone for good.
 */
export const saleEvents = [
  'cover',
  'answer',
  'give',
  'charge',
  'deliver',
  'fail',
  'retry',
  'lose',
] as const;

export type SaleEvent = (typeof saleEvents)[number];

/**
 * The life of a sale as a table, total over states and events; null where that cannot happen. Nothing is
 * delivered that was not charged, nothing charged that was not answered, and what fails before is not
 * charged, nor is an answer that rests on no data: it is given. A charge is undone by a credit only.
 */
export const saleLife: Readonly<Record<SaleState, Readonly<Record<SaleEvent, SaleState | null>>>> =
  {
    asked: { ...none(), cover: 'covered', fail: 'refused' },
    covered: { ...none(), answer: 'answered', fail: 'refused' },
    answered: { ...none(), give: 'given', charge: 'charged', fail: 'refused' },
    given: none(),
    charged: { ...none(), deliver: 'delivered', retry: 'charged', lose: 'credited' },
    delivered: { ...none(), retry: 'charged' },
    refused: none(),
    credited: none(),
  };

/** The state after an event. Throws Error: whoever asks for what cannot happen has a bug. */
export function saleAfter(state: SaleState, event: SaleEvent): SaleState {
  const next = saleLife[state][event];
  if (next === null) throw new Error(`${event} of a sale that is ${state}`);
  return next;
}

/** Why nothing is sold on a tab, by where it is; null where it is. */
export const whyNotSold: Readonly<Record<TabPhase, ErrorCode | null>> = {
  open: null,
  closing: 'TAB_REFUSED',
  ended: 'TAB_REFUSED',
  closed: 'TAB_REFUSED',
};

function none(): Readonly<Record<SaleEvent, null>> {
  return {
    ...{ cover: null, answer: null, give: null, charge: null, deliver: null },
    ...{ fail: null, retry: null, lose: null },
  };
}
