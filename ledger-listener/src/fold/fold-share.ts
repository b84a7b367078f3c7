/** Which partitions a fold has: each `of`-th one, from `index` on. All shares together have each partition once. */
export type FoldShare = { readonly index: number; readonly of: number };

/** All of them. */
export const wholeFold: FoldShare = { index: 0, of: 1 };

/** Whether a partition is of that share. */
export function isOfShare({ index, of }: FoldShare, partition: number): boolean {
  return partition % of === index;
}
