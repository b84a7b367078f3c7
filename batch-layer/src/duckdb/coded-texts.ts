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
  const known = new Map<string, { readonly bytes: Buffer; code: number }>();
  for (const value of values) {
    if (!known.has(value)) known.set(value, { bytes: Buffer.from(value, 'utf8'), code: 0 });
  }
  const sorted = [...known].sort(([, a], [, b]) => Buffer.compare(a.bytes, b.bytes));
  for (const [code, [, own]] of sorted.entries()) own.code = code;
  return {
    texts: sorted.map(([text]) => text),
    codes: Int32Array.from(values, (value) => known.get(value)?.code ?? -1),
  };
}

/** Those of some rows, by their numbers, and no other text. */
export function ofRows({ texts, codes }: CodedTexts, rows: Int32Array): CodedTexts {
  const own = new Int32Array(rows.length);
  for (let index = 0; index < own.length; index += 1) own[index] = codes[rows[index] ?? -1] ?? -1;
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
 * Sorts numbers of rows by their ranks, whole numbers from 0 on below `ranks`; rows of one rank stay in their order.
 * Takes time by the rows and ranks that there are, not more.
 */
export function sortedByRank(
  rows: Int32Array,
  ranks: number,
  rankOf: (row: number) => number,
): Int32Array<ArrayBuffer> {
  const next = new Int32Array(ranks + 1);
  for (const row of rows) next[rankOf(row) + 1] = (next[rankOf(row) + 1] ?? 0) + 1;
  for (let rank = 1; rank <= ranks; rank += 1) {
    next[rank] = (next[rank] ?? 0) + (next[rank - 1] ?? 0);
  }
  const sorted = new Int32Array(rows.length);
  for (const row of rows) {
    const rank = rankOf(row);
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
    sorted = sortedByRank(sorted, texts.length, (row) => codes[row] ?? -1);
  }
  return sorted;
}
