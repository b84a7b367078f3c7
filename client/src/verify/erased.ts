import type { History } from '@passport/oracle';

/**
 * The first block behind an answer's in which an owner erased what the market had read by their grant: the
 * keys are destroyed, and what they had opened cannot be recomputed. Undefined where there is none.
 */
export function erasedBehind({ acts, market }: History, block: number): number | undefined {
  if (market === undefined) return undefined;
  const blocks = [...acts.values()].flatMap(({ erasures, grants }) =>
    erasures
      .filter((erasure) => erasure.block > block)
      .filter(({ ownerEpoch }) =>
        grants.some(
          (written) =>
            written.block <= block &&
            written.grant.ownerEpoch === ownerEpoch &&
            written.grant.purpose === 'market' &&
            written.grant.grantee.mspId === market.mspId,
        ),
      )
      .map((erasure) => erasure.block),
  );
  return blocks.length === 0 ? undefined : Math.min(...blocks);
}
