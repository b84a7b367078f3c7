/** JSON of texts and whole numbers without blanks, names sorted by UTF-16 code units (RFC 8785). */
export function canonical(members: Readonly<Record<string, string | number>>): string {
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(members[name])}`).join()}}`;
}
