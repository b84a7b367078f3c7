/** What is kept at hand under a key; it is looked for once, also where there is none. */
export function atHand<Key, Kept>(
  kept: Map<Key, Kept | null>,
  key: Key,
  find: () => Kept | undefined,
): Kept | undefined {
  const known = kept.get(key);
  if (known !== undefined) return known ?? undefined;
  const found = find();
  kept.set(key, found ?? null);
  return found;
}
