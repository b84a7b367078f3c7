import type { Door } from '../../layout/doors.ts';
import { book } from './book.ts';
import { certificate } from './certificate.ts';
import { consortium } from './consortium.ts';
import { contributor } from './contributor.ts';
import { home } from './home.ts';
import { live } from './live.ts';
import { market } from './market.ts';
import { owner } from './owner.ts';
import { professional } from './professional.ts';
import { trouble } from './trouble.ts';

/** All words of the pages, in English. Another language is another object of this shape. */
export const en = {
  language: 'en',
  product: 'Connected Car Passport',
  skip: 'Skip to the content',
  navigation: 'Doors',
  footer: 'Every number here is exact at the block that it names.',
  api: 'The API',
  doors: {
    owner: {
      name: 'My car',
      promise: 'See its whole history, decide who reads what, hand it over, take it all back.',
    },
    certificate: {
      name: 'Certificate',
      promise: 'Check the certificate of a car that you may buy. No account, offline too.',
    },
    professional: {
      name: 'Professionals',
      promise: 'Garages, inspectors, appraisers, insurers: find a car by its VIN, record, read.',
    },
    market: {
      name: 'Market',
      promise:
        'Find a data product, see its quality and price, ask a question, pay for the answer.',
    },
    contributor: {
      name: 'Contributors',
      promise: 'What your data earned, for which sale, and how to earn more.',
    },
    consortium: {
      name: 'Consortium',
      promise: 'Members, sources, money and rules: what goes on, and since when.',
    },
    live: { name: 'Live', promise: 'What all cars report now, on a map and in numbers.' },
  } satisfies Record<Door, { name: string; promise: string }>,
  book,
  contributor,
  home,
  consortium,
  live,
  market,
  owner,
  certificate,
  professional,
  trouble,
};

/** The shape of {@link en}. */
export type Texts = typeof en;
