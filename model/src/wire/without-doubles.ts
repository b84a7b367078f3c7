/** Whether no text comes twice in a list. */
export function isWithoutDoubles(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}
