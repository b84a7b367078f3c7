import type { BlockPart, LogRow } from '@passport/model';

import type { Block } from '../blocks/block.ts';
import { foldBlock, type FoldedBlock, type FoldOptions } from '../fold/block-fold.ts';
import { FactSum } from './fact-sum.ts';

/** A block that was folded, with what it has for each partition, by its number. */
export type FoldedParts = FoldedBlock & { readonly parts: readonly BlockPart[] };

/** How blocks are folded into so many partitions. */
export type PartsOptions = Omit<FoldOptions, 'parts'> & { readonly partitions: number };

/** Folds one block as the listener does, and answers what it came to as objects. Throws as foldBlock. */
export async function foldParts(
  block: Block,
  ledgerTimeMs: number,
  { partitions, ...options }: PartsOptions,
): Promise<FoldedParts> {
  const takers = Array.from({ length: partitions }, () => {
    const rows: LogRow[] = [];
    const sum = new FactSum();
    return { rows, sum, line: (row: LogRow) => void rows.push(row), fact: sum.add };
  });
  const folded = await foldBlock(block, ledgerTimeMs, { ...options, parts: takers });
  const { number } = block;
  const head = { number, hash: block.hash.toString('hex'), ledgerTimeMs: folded.ledgerTimeMs };
  return {
    ...folded,
    parts: takers.map(({ rows, sum }) => ({ ...head, rows, facts: sum.facts() })),
  };
}
