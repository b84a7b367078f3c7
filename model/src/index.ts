// What only Node can do stands here, all else in browser.ts, which is the package in a browser.
export * from './browser.ts';
export * from './fold/partition.ts';
export * from './record/byte-reader.ts';
export * from './record/byte-writer.ts';
export { PartTexts, PartWriter } from './record/part-writer.ts';
export * from './record/record-codec.ts';
export * from './record/name-table.ts';
export * from './record/own-memory.ts';
export type { FactsInColumns, PackedSums } from './record/read-facts.ts';
export { type LineColumns, NO_NUMBER, rowAt } from './record/read-lines.ts';
export { isTextAt, spansOf, textAt, type TextSpans } from './record/text-spans.ts';
export { copyBytes, wordsOf } from './record/words.ts';
