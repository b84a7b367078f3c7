import { PassportError } from '../errors/passport-error.ts';
import { isReleasedViewName, type ReleasedViewName } from '../release/release-order.ts';
import { releasedViewNames, releasedViews } from '../release/released-views.ts';
import type { ViewAnswer } from './answers.ts';
import { readQueryOf, type ViewQuery } from './view-query.ts';

/** What somebody asks of the batches of a view. */
export type ReleasedQuery = ViewQuery & { readonly view: ReleasedViewName };

/** The answer: sums over whole batches, as of the last block of an epoch. */
export type ReleasedAnswer = ViewAnswer & {
  /** Blocks of an epoch: batches are released at the end of one. */
  readonly epochBlocks: number;
  /** Vehicles that each batch is of, at least. */
  readonly k: number;
  /** Batches that the rows are made of. */
  readonly batches: number;
  /**
   * Batches that the question leaves out because they are any in a dimension that it restricts, and
   * their vehicles, counted once in each of them.
   */
  readonly coarser: { readonly batches: number; readonly vehicles: number };
};

/** Reads a question about batches, as readViewQuery does of views. Throws PassportError. */
export function readReleasedQuery(name: string, parameters: URLSearchParams): ReleasedQuery {
  if (!isReleasedViewName(name)) {
    const names = releasedViewNames.join(', ');
    throw new PassportError('VIEW_UNKNOWN', `views of which batches are released are ${names}`);
  }
  return { ...readQueryOf(releasedViews[name], parameters), view: name };
}
