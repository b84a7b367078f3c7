import { describe, expect, test } from 'vitest';

import { LineSplitter } from './line-splitter.ts';

function linesOf(...chunks: string[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  test('joins a line that comes in pieces', () => {
    expect(linesOf('fir', 'st\nsec', 'ond\r\n', 'rest')).toEqual(['first', 'second', 'rest']);
  });

  test('hands out an endless line in pieces', () => {
    const chunk = 'x'.repeat(40_000);

    expect(linesOf(chunk, chunk, chunk).map((line) => line.length)).toEqual([80_000, 40_000]);
  });
});
