/** Texts of a column, each once, and which of them a row has, by its place among them. */
export type CodedTexts = {
  readonly texts: readonly string[];
  readonly codes: Int32Array<ArrayBuffer>;
};

/**
 * Codes some texts so that what comes first by its bytes in UTF-8 has the smaller code: by codes they sort as files
 * are sorted.
 */
export function codedTexts(values: readonly string[]): CodedTexts {
  const texts = sortedByBytes(new Set(values));
  const codeOf = new Map<string, number>();
  for (const [code, text] of texts.entries()) codeOf.set(text, code);
  const codes = new Int32Array(values.length);
  for (const [row, value] of values.entries()) codes[row] = codeOf.get(value) ?? -1;
  return { texts, codes };
}

/** From here on UTF-16 and UTF-8 differ in what comes first: a pair of surrogates is four bytes. */
const beyondSurrogates = /[\ud800-\uffff]/;

/** Compares texts by their bytes in UTF-8. */
export function compareByBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (!beyondSurrogates.test(a) && !beyondSurrogates.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Texts by their bytes in UTF-8. */
function sortedByBytes(texts: Iterable<string>): string[] {
  const all = [...texts];
  if (!all.some((text) => beyondSurrogates.test(text))) return all.sort();
  return all.sort(compareByBytes);
}

/** Codes of some rows, by their numbers. */
function codesAt({ codes }: CodedTexts, rows: Int32Array): Int32Array<ArrayBuffer> {
  const own = new Int32Array(rows.length);
  for (let index = 0; index < own.length; index += 1) own[index] = codes[rows[index] ?? -1] ?? -1;
  return own;
}

/** Those of some rows, by their numbers, and no other text. */
export function ofRows(column: CodedTexts, rows: Int32Array): CodedTexts {
  const { texts } = column;
  const own = codesAt(column, rows);
  const isUsed = new Uint8Array(texts.length);
  for (let index = 0; index < own.length; index += 1) isUsed[own[index] ?? -1] = 1;
  const used: string[] = [];
  const codeOf = new Int32Array(texts.length);
  for (const [code, text] of texts.entries()) {
    if (isUsed[code] === 1) codeOf[code] = used.push(text) - 1;
  }
  for (let index = 0; index < own.length; index += 1) own[index] = codeOf[own[index] ?? -1] ?? -1;
  return { texts: used, codes: own };
}

/**
 * Sorts numbers of rows by the rank that a row has, a whole number from 0 on below `ranks`; rows of one rank stay in their order.
 * Takes time by the rows and ranks that there are, not more.
 */
function sortedByRank(
  rows: Int32Array,
  ranks: number,
  rankOf: Int32Array,
): Int32Array<ArrayBuffer> {
  const next = new Int32Array(ranks + 1);
  for (let index = 0; index < rows.length; index += 1) {
    const behind = (rankOf[rows[index] ?? -1] ?? -1) + 1;
    next[behind] = (next[behind] ?? 0) + 1;
  }
  for (let rank = 1; rank <= ranks; rank += 1) {
    next[rank] = (next[rank] ?? 0) + (next[rank - 1] ?? 0);
  }
  const sorted = new Int32Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? -1;
    const rank = rankOf[row] ?? -1;
    const to = next[rank] ?? 0;
    sorted[to] = row;
    next[rank] = to + 1;
  }
  return sorted;
}

/** Sorts rows by several columns, the first one first. */
export function sortedByTexts(rows: number, columns: readonly CodedTexts[]): Int32Array {
  let sorted = Int32Array.from({ length: rows }, (_, row) => row);
  for (const { texts, codes } of columns.toReversed()) {
    sorted = sortedByRank(sorted, texts.length, codes);
  }
  return sorted;
}
