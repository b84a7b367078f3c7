import {
  cellToBoundary,
  cellToLatLng,
  getHexagonAreaAvg,
  greatCircleDistance,
  gridDisk,
  latLngToCell,
  polygonToCells,
  UNITS,
} from 'h3-js';

import { type RegionPlace, regionPlaces } from './region-places.ts';

/** A region on a map: its cells as one path, and where its words stand, in pixels. */
export type RegionShape = {
  readonly region: string;
  readonly path: string;
  readonly x: number;
  readonly y: number;
};

/** A map of regions, drawn from H3 cells alone. */
export type RegionMap = {
  readonly width: number;
  readonly height: number;
  /** The lattice behind: larger cells, as one path. */
  readonly lattice: string;
  readonly shapes: readonly RegionShape[];
};

const WIDTH = 640;
const MARGIN_DEGREES = 1.5;
/** H3 resolutions: cells of regions, by the regions' size, and of the lattice. */
const [COARSE, FINE] = [3, 4];
const COARSE_KM2 = 60_000;
const LATTICE_DEGREES = 30;
/** A globe's lattice would be a page of its own. */
const LATTICE_CELLS_MAX = 900;

type LatLon = readonly [lat: number, lon: number];
type Cells = { readonly region: string; readonly place: RegionPlace; readonly cells: string[] };

/**
 * The cells of regions: those around a region's middle, nearest first, as many as its area takes. So it is as large as the
 * region, where it is, and not of its shape. A cell belongs to the region in which it lies deepest.
 */
export function cellsOfRegions(regions: readonly string[]): readonly Cells[] {
  const known = regions.flatMap((region) => {
    const place = Object.hasOwn(regionPlaces, region) ? regionPlaces[region] : undefined;
    return place === undefined ? [] : [{ region, place }];
  });
  const resolution = known.some(({ place }) => place.areaKm2 >= COARSE_KM2) ? COARSE : FINE;
  const taken = new Map<string, { readonly region: string; readonly depth: number }>();
  for (const { region, place } of known) {
    const middle: LatLon = [place.lat, place.lon];
    const count = Math.max(1, Math.round(place.areaKm2 / getHexagonAreaAvg(resolution, UNITS.km2)));
    const rings = Math.ceil(Math.sqrt(count / 3)) + 1;
    const radiusKm = Math.sqrt(place.areaKm2 / Math.PI);
    const nearest = gridDisk(latLngToCell(place.lat, place.lon, resolution), rings)
      .map((cell) => ({
        cell,
        km: greatCircleDistance([...middle], cellToLatLng(cell), UNITS.km),
      }))
      .sort((one, other) => one.km - other.km)
      .slice(0, count);
    for (const { cell, km } of nearest) {
      const depth = km / radiusKm;
      if ((taken.get(cell)?.depth ?? Number.POSITIVE_INFINITY) > depth) {
        taken.set(cell, { region, depth });
      }
    }
  }
  return known.map(({ region, place }) => ({
    ...{ region, place },
    cells: [...taken].flatMap(([cell, owner]) => (owner.region === region ? [cell] : [])),
  }));
}

/** Draws regions; undefined where none of them is known. */
export function regionMap(regions: readonly string[]): RegionMap | undefined {
  const all = cellsOfRegions(regions);
  const points = all.flatMap(({ cells }) => cells.flatMap((cell) => cellToBoundary(cell)));
  if (points.length === 0) return undefined;
  const lats = points.map(([lat]) => lat);
  const lons = points.map(([, lon]) => lon);
  const [south, north] = [Math.min(...lats) - MARGIN_DEGREES, Math.max(...lats) + MARGIN_DEGREES];
  const [west, east] = [Math.min(...lons) - MARGIN_DEGREES, Math.max(...lons) + MARGIN_DEGREES];
  // Equirectangular with the middle's parallel as the true one (Snyder, Map Projections, 1987, chapter 12).
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = WIDTH / ((east - west) * squeeze);
  const project = (lat: number, lon: number): readonly [number, number] => [
    tenth((lon - west) * squeeze * scale),
    tenth((north - lat) * scale),
  ];
  const pathOf = (cells: readonly string[]): string =>
    cells
      .map(
        (cell) =>
          `M${cellToBoundary(cell)
            .map(([lat, lon]) => project(lat, lon).join(' '))
            .join('L')}Z`,
      )
      .join('');
  const box = [
    [south, west],
    [south, east],
    [north, east],
    [north, west],
  ];
  const isWide = Math.max(east - west, north - south) > LATTICE_DEGREES;
  const lattice = polygonToCells(box, isWide ? 1 : 2).slice(0, LATTICE_CELLS_MAX);
  return {
    width: WIDTH,
    height: Math.ceil((north - south) * scale),
    lattice: pathOf(lattice),
    shapes: all.map(({ region, place, cells }) => {
      const [x, y] = project(place.lat, place.lon);
      return { region, path: pathOf(cells), x, y };
    }),
  };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
