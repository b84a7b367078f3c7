import { isEventKind, kinds, PassportError, type ViewQuery } from '@passport/model';

import type { Cube } from './cube.ts';

/** A refusal lists so many values at most. */
const LISTED_MAX = 50;

/** Dimensions whose values are moments: there may be nothing at one. */
const momentary = new Set(['window', 'bucket']);

/**
 * Checks that the values that a query asks for are there, or were: who has misspelt one is told so, in
 * place of an answer of nothing. Throws PassportError `QUERY_INVALID`, which lists what there is.
 */
export function requireKnownValues({ view, dimensions }: Cube, query: ViewQuery): void {
  for (const [index, { name, isDay }] of view.dimensions.entries()) {
    if (isDay === true || momentary.has(name)) continue;
    const dictionary = dimensions[index]?.dictionary;
    const unknown = query.filters[name]?.find(
      (value) => dictionary?.find(value) === undefined && !(name === 'kind' && isEventKind(value)),
    );
    if (unknown === undefined) continue;
    const there = new Set([...(dictionary?.texts ?? []), ...(name === 'kind' ? kinds : [])]);
    const list = [...there].sort();
    const more = list.length > LISTED_MAX ? ` and ${list.length - LISTED_MAX} more` : '';
    const some = list.slice(0, LISTED_MAX).join(', ');
    const what = `no ${name} "${unknown}"; the view ${view.name} has ${some}${more}`;
    throw new PassportError('QUERY_INVALID', what);
  }
}
