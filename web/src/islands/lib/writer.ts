import { writerOf } from '../../book/people-units.ts';

/** Writes numbers in the page's language. */
export const writer = writerOf(document.documentElement.lang);
