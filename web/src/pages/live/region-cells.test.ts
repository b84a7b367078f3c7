import { isValidCell } from 'h3-js';
import { expect, test } from 'vitest';

import { cellsOfRegions, regionMap } from './region-cells.ts';
import { regionPlaces } from './region-places.ts';

test('regions have cells of about their size, and no cell belongs to two', () => {
  const all = cellsOfRegions(Object.keys(regionPlaces));
  const cells = all.flatMap((region) => region.cells);
  expect(cells.every((cell) => isValidCell(cell))).toBe(true);
  expect(new Set(cells).size).toBe(cells.length);
  expect(all.map(({ region }) => region)).toEqual(Object.keys(regionPlaces));
  const few = cellsOfRegions(['FR-IDF', 'DE-NW']);
  // A cell of resolution 4 is 1,770 square kilometres on average.
  expect(few.map(({ region, cells: own }) => [region, own.length])).toEqual([
    ['FR-IDF', 7],
    ['DE-NW', 19],
  ]);
});

test.each([
  [['FR-IDF', 'DE-NW', 'IT-25', 'ES-MD']],
  [['US-TX', 'US-CA', 'US-NY']],
  [['ES-MD']],
  [Object.keys(regionPlaces)],
])('a map of %j is finite, inside its frame, and closed', (regions) => {
  const map = regionMap([...regions, 'XX-YY', '*', 'constructor']);
  if (map === undefined) throw new Error('there is a map');
  expect(map.shapes.map(({ region }) => region)).toEqual(regions);
  for (const { path, x, y } of map.shapes) {
    expect(path).toMatch(/^(?:M-?[\d.]+ -?[\d.]+(?:L-?[\d.]+ -?[\d.]+)+Z)*$/);
    expect(x > 0 && x < map.width && y > 0 && y < map.height).toBe(true);
    for (const [, at] of path.matchAll(/[ML](-?[\d.]+) /g)) {
      expect(Number(at) >= 0 && Number(at) <= map.width).toBe(true);
    }
  }
  expect(map.lattice.startsWith('M')).toBe(true);
});

test('of regions that nobody knows there is no map', () => {
  expect(regionMap(['*', 'toString', 'ZZ'])).toBeUndefined();
});
