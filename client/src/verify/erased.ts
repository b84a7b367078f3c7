import type { History } from '@passport/oracle';

/**
 * The first block behind `since` in which an owner erased what the market had read by their grant before an answer's
 * `block`: the keys are destroyed, and what they had opened cannot be recomputed. Undefined where there is none.
 *
 * A view takes back what was erased, so that only erasures behind its block matter. Batches that were released stay
 * as they left, of a crowd (decision 0010), and which events went into which batch depends on all before: for them
 * every erasure does, from block 0 on.
 */
export function erasedBehind(
  { acts, market }: History,
  block: number,
  since = block,
): number | undefined {
  if (market === undefined) return undefined;
  const blocks = [...acts.values()].flatMap(({ erasures, grants }) =>
    erasures
      .filter((erasure) => erasure.block > since)
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
