/**
 * JSON with one spelling for each value: names sorted by their UTF-16 code units, numbers as ECMAScript
 * writes doubles (RFC 8785), so that texts are equal when all bits are. The ledger's own canonical JSON
 * knows whole numbers only; answers have quotients too.
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const texts = sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`);
  return `{${texts.join(',')}}`;
}
