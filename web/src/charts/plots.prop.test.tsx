import fc from 'fast-check';
import { expect, test } from 'vitest';

import { markupOf } from '../layout/markup-of.ts';
import { BarChart } from './bar-chart.tsx';
import { DayChart } from './day-chart.tsx';

const words = { title: 'trips', describe: 'values', format: (value: number) => `${value} u` };
const value = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const bars = fc.array(fc.record({ label: fc.string({ unit: 'grapheme', maxLength: 40 }), value }), {
  minLength: 1,
  maxLength: 20,
});

/** Numbers of an attribute, wherever it stands. */
function numbersOf(svg: string, element: string, name: string): number[] {
  const elements = svg.match(new RegExp(`<${element} [^>]*`, 'g')) ?? [];
  return elements.map((text) => Number(new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1]));
}

test('BarChart, any values: a bar for each, inside the picture, as long as its value is large', () => {
  fc.assert(
    fc.property(bars, (list) => {
      const svg = markupOf(<BarChart bars={list} {...words} />);
      const from = numbersOf(svg, 'rect', 'x');
      const width = numbersOf(svg, 'rect', 'width');
      expect(width).toHaveLength(list.length);
      const size = Math.max(1, ...list.map((bar) => Math.abs(bar.value)));
      const widest = Math.max(...width);
      for (const [at, bar] of list.entries()) {
        expect(from[at]).toBeGreaterThanOrEqual(7.9);
        expect((from[at] ?? 0) + (width[at] ?? 0)).toBeLessThanOrEqual(384.2);
        expect(Math.abs((width[at] ?? 0) - (Math.abs(bar.value) / size) * widest)).toBeLessThan(
          0.3,
        );
      }
      expect(svg).not.toMatch(/NaN|Infinity|style=/);
    }),
  );
});

test('DayChart, any days: a dot for each, inside the picture, higher for more', () => {
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(days, fc.infiniteStream(value), (list, values) => {
      const points = list.map((day) => ({
        label: new Date(day * 86_400_000).toISOString().slice(0, 10),
        value: values.next().value as number,
      }));
      const svg = markupOf(<DayChart bars={points} {...words} />);
      const heights = numbersOf(svg, 'circle', 'cy');
      const across = numbersOf(svg, 'circle', 'cx');
      expect(heights).toHaveLength(points.length);
      const sorted = [...points].sort((a, b) => (a.label < b.label ? -1 : 1));
      for (const [at, height] of heights.entries()) {
        expect(height).toBeGreaterThanOrEqual(13.9);
        expect(height).toBeLessThanOrEqual(206.1);
        const [before, now] = [sorted[at - 1], sorted[at]];
        if (before === undefined || now === undefined) continue;
        expect(across[at]).toBeGreaterThanOrEqual(across[at - 1] ?? 0);
        if (now.value > before.value)
          expect(height).toBeLessThanOrEqual((heights[at - 1] ?? 0) + 1e-9);
      }
      expect(svg).not.toMatch(/NaN|Infinity|style=/);
    }),
  );
});

test('BarChart, a label that is markup: it is a text', () => {
  const svg = markupOf(<BarChart bars={[{ label: '<script>"&', value: 1 }]} {...words} />);
  expect(svg).not.toContain('<script');
});
