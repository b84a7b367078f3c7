/** A step from a leaf to the root: what stands beside it, and on which side. */
export type MerkleStep<Node> = { readonly side: 'left' | 'right'; readonly node: Node };

/** A tree over a list of leaves. */
export type MerkleTree<Node> = {
  readonly root: Node;
  /** The way from a leaf to the root. Throws RangeError where there is no such leaf. */
  readonly pathOf: (leaf: number) => MerkleStep<Node>[];
};

/** The longest path that is read: of a tree of 2^40 leaves. */
export const MERKLE_STEPS_MAX = 40;

/**
 * Builds a tree of the shape of RFC 9162, section 2.1: neighbours are joined level by level, and one
 * that has no neighbour goes up as it is. `empty` is the root of no leaves.
 */
export function merkleTree<Node>(
  leaves: readonly Node[],
  join: (left: Node, right: Node) => Node,
  empty: Node,
): MerkleTree<Node> {
  const levels: (readonly Node[])[] = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) level = joined(level, join);
  const root = levels.at(-1)?.[0] ?? empty;
  return { root, pathOf: (leaf) => pathIn(levels, leaf) };
}

function joined<Node>(
  level: readonly Node[],
  join: (left: Node, right: Node) => Node,
): readonly Node[] {
  const above: Node[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left === undefined) throw new Error('a level has a hole');
    above.push(right === undefined ? left : join(left, right));
  }
  return above;
}

function pathIn<Node>(levels: readonly (readonly Node[])[], leaf: number): MerkleStep<Node>[] {
  if (levels[0]?.[leaf] === undefined) throw new RangeError(`there is no leaf ${leaf}`);
  const path: MerkleStep<Node>[] = [];
  for (const [height, level] of levels.entries()) {
    const at = Math.floor(leaf / 2 ** height);
    const isRight = at % 2 === 1;
    const node = level[isRight ? at - 1 : at + 1];
    if (node !== undefined) path.push({ side: isRight ? 'left' : 'right', node });
  }
  return path;
}
