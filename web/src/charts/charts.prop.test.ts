import fc from 'fast-check';
import { expect, test } from 'vitest';

import { barChart, barHeights } from './bars.ts';
import { lineChart, linePlaces } from './line.ts';
import { sankey } from './sankey.ts';
import { type Flow, layOutSankey } from './sankey-layout.ts';
import { shareBar, shareOf } from './share-bar.ts';

const value = fc.bigInt({ min: 0n, max: 10n ** 24n });

/** Flows through three layers, in which what goes into a place goes out of it again. */
const conserved = fc
  .array(
    fc.record({ a: fc.nat({ max: 4 }), b: fc.nat({ max: 2 }), c: fc.nat({ max: 4 }), value }),
    { maxLength: 12 },
  )
  .map((ways): Flow[] => {
    const flows = new Map<string, Flow>();
    const add = (from: string, to: string, more: bigint): void => {
      const before = flows.get(`${from} ${to}`)?.value ?? 0n;
      flows.set(`${from} ${to}`, { from, to, value: before + more });
    };
    for (const way of ways) {
      add(`a${way.a}`, `b${way.b}`, way.value);
      add(`b${way.b}`, `c${way.c}`, way.value);
    }
    return [...flows.values()];
  });

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

test('a Sankey picture conserves what flows: places are as high as what goes in and out', () => {
  fc.assert(
    fc.property(conserved, (flows) => {
      const { nodes, links, height } = layOutSankey(flows);
      for (const node of nodes) {
        const [into, out] = (['to', 'from'] as const).map((end) =>
          links.filter((link) => link[end] === node.name),
        );
        for (const side of [into ?? [], out ?? []]) {
          if (side.length === 0) continue;
          const sum = side.reduce((total, link) => total + link.value, 0n);
          expect(sum).toBe(node.value);
          const thick = side.reduce((total, { thickness }) => total + thickness, 0);
          expect(near(thick, node.height)).toBe(true);
        }
        expect(node.y).toBeGreaterThanOrEqual(-1e-6);
        expect(node.y + node.height).toBeLessThanOrEqual(height + 1e-6);
      }
    }),
  );
});

test('links leave and arrive inside their places, and never over each other', () => {
  fc.assert(
    fc.property(conserved, (flows) => {
      const { nodes, links } = layOutSankey(flows);
      for (const node of nodes) {
        for (const [end, y] of [
          ['from', 'fromY'],
          ['to', 'toY'],
        ] as const) {
          const own = links
            .filter((link) => link[end] === node.name)
            .toSorted((a, b) => a[y] - b[y]);
          let bottom = node.y;
          for (const link of own) {
            expect(link[y] - link.thickness / 2).toBeGreaterThanOrEqual(bottom - 1e-6);
            bottom = link[y] + link.thickness / 2;
          }
          expect(bottom).toBeLessThanOrEqual(node.y + node.height + 1e-6);
        }
      }
    }),
  );
});

test('flows that go in a circle, or are negative, are refused', () => {
  const flow = (from: string, to: string, amount = 1n): Flow => ({ from, to, value: amount });
  expect(() => layOutSankey([flow('a', 'b'), flow('b', 'a')])).toThrow(RangeError);
  expect(() => layOutSankey([flow('a', 'a')])).toThrow(RangeError);
  expect(() => layOutSankey([flow('a', 'b', -1n)])).toThrow(RangeError);
});

const drawn = (svg: string): void => {
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toMatch(/<title id="x-title">.+<\/title><desc id="x-desc">/);
};
const words = { id: 'x', title: 'T <b>', description: '"D" & more' };

test('all pictures are of finite numbers, and what names say is no markup', () => {
  fc.assert(
    fc.property(conserved, fc.string(), (flows, name) => {
      const svg = sankey(flows, { ...words, nameOf: () => name, textOf: String });
      drawn(svg);
      expect(svg).not.toContain('<b>');
      expect(svg.match(/<text/g)?.length ?? 0).toBe(layOutSankey(flows).nodes.length);
    }),
  );
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 9 });
  fc.assert(
    fc.property(numbers, fc.integer(), fc.nat(), (values, floor, span) => {
      const points = values.map((each) => ({ value: each, says: `${each} <i>` }));
      const svg = lineChart(points, { floor, ceiling: floor + span }, words);
      drawn(svg);
      expect(svg).not.toContain('<i>');
      const bars = barChart(points, span % 80, words);
      drawn(bars);
      expect(bars.match(/<rect/g)?.length ?? 0).toBe(values.length);
      for (const height of barHeights(values)) expect(height >= 0 && height <= 150).toBe(true);
      for (const { x, y } of linePlaces(values, floor, floor + span)) {
        expect(x >= 0 && x <= 640 && y >= 0 && y <= 160).toBe(true);
      }
    }),
  );
  fc.assert(
    fc.property(value, value, (part, whole) => {
      drawn(shareBar(part, whole, words));
      expect(shareOf(part, whole)).toBeGreaterThanOrEqual(0);
      expect(shareOf(part, whole)).toBeLessThanOrEqual(1);
      expect(shareBar(part, whole, words).includes('over')).toBe(part > whole);
    }),
  );
});
