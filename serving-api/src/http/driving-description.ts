import { createRoute, z } from '@hono/zod-openapi';

import { tableFormats } from '../formats/formats.ts';
import { failure } from './describe.ts';

/** Vehicles and months of a question at most. */
const VEHICLES_MAX = 200;
const MONTHS_MAX = 36;

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

/** What is asked about the driving of vehicles. */
export const drivingQuestion = z
  .strictObject({
    vehicles: z
      .array(z.string().max(100))
      .min(1)
      .max(VEHICLES_MAX)
      .refine((list) => new Set(list).size === list.length, { error: 'a vehicle comes twice' })
      .openapi({ description: 'references, as GET /v1/vehicles/{vid}/reference gives them' }),
    from: month.openapi({ description: 'first month, YYYY-MM, UTC' }),
    to: month.openapi({ description: 'last month' }),
  })
  .refine(({ from, to }) => from <= to && monthsBetween(from, to) <= MONTHS_MAX, {
    error: `"to" is "from" or later, ${MONTHS_MAX} months at most`,
  });

/** {@link drivingQuestion} */
export type DrivingQuestion = z.output<typeof drivingQuestion>;

/** How many months there are from one to another, both counted. */
export function monthsBetween(from: string, to: string): number {
  const count = (text: string): number => Number(text.slice(0, 4)) * 12 + Number(text.slice(5));
  return count(to) - count(from) + 1;
}

/** The product `monthly-driving`. */
export const askDriving = createRoute({
  method: 'post',
  path: '/v1/driving',
  summary:
    'Distance and harsh events by month of vehicles whose owners have granted it to the buyer',
  description: [
    'A row for each vehicle and month, under an id that only this buyer has. It takes a grant of the owner to the key',
    'that pays, of usage and driving and for a purpose of the product, and one to the market. One vehicle that is not',
    'granted refuses the whole request, and nothing is charged.',
  ].join(' '),
  request: {
    body: { content: { 'application/json': { schema: drivingQuestion } }, required: true },
  },
  responses: {
    200: {
      description: 'the answer, in the format that Accept asks for',
      content: Object.fromEntries(
        tableFormats.map(({ mediaType }) => [mediaType, { schema: z.string() }]),
      ),
    },
    400: failure('no such request, or a payment that cannot be read'),
    402: failure('the answer is sold: PAYMENT-REQUIRED says how, by x402 v2'),
    403: failure('no grant for that purpose, or not of these scopes, or no queries left'),
    404: failure('no such vehicle, or none that the buyer was ever granted: nobody tells which'),
    406: failure('there is no such format; the detail lists what there is'),
    409: failure('the key stands for another request, or another server serves the tab'),
    410: failure('what was granted has ended, or what was bought cannot be given again'),
    413: failure('the request is too long'),
    503: failure('no exact answer yet, or reads or debits cannot be written down'),
  },
});
