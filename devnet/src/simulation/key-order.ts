/**
 * Compares two state keys as Fabric does, by their UTF-8 bytes: negative, zero or positive. The
 * order of JavaScript strings differs: it puts the surrogates of U+10000 and above, among them the
 * U+10FFFF that ends a composite key range, before U+E000.
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const unitOfA = a.charCodeAt(i);
    const unitOfB = b.charCodeAt(i);
    if (unitOfA !== unitOfB) return rank(unitOfA) - rank(unitOfB);
  }
  return a.length - b.length;
}

/** The place of a UTF-16 code unit in the order of code points: surrogates come last. */
function rank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800;
}
