import {
  amountOf,
  digestOfJson,
  inLeafOrder,
  type OwnerProof,
  ownerProofOf,
  type OwnersRoot,
  ownersRootOf,
  ownersTree,
} from '@passport/model';

/** The root over what holders have earned in all, and each one's proof. */
export function ownersOf(
  earned: ReadonlyMap<string, bigint>,
  seed = 'salt',
): {
  readonly root: OwnersRoot;
  readonly proofOf: (holder: string) => OwnerProof;
} {
  const shares = inLeafOrder(
    [...earned].map(([holder, micro]) => ({
      ...{ holder, amount: amountOf(micro) },
      salt: digestOfJson([seed, holder]),
    })),
  );
  const tree = ownersTree(shares);
  return {
    root: ownersRootOf(tree, shares.length),
    proofOf: (holder) => {
      const leaf = shares.findIndex((share) => share.holder === holder);
      const share = shares[leaf];
      if (share === undefined) throw new Error(`${holder} has no leaf`);
      return ownerProofOf(tree, share, leaf);
    },
  };
}
