import type { Fields } from '@passport/model';
import { latLngToCell } from 'h3-js';

import type { Place } from './trip-ends.ts';

/** Cells of about 5.2 square kilometres: a part of a town, not a house. */
const CELL_RESOLUTION = 7;

/** The H3 cell of a place in degrees, in which trips start and end. */
export function cellOf(lat: number, lon: number): string {
  return latLngToCell(lat, lon, CELL_RESOLUTION);
}

/** A field with the cell of a place, where there is one that may be told. */
export function cellField(name: string, place: Place | undefined): Fields {
  return place === undefined ? {} : { [name]: cellOf(place.lat, place.lon) };
}

/** Whether a place can be one. Nothing on a zero: trackers say 0 when they have no fix. */
export function isPlace(lat: number | null, lon: number | null): boolean {
  if (lat === null || lon === null || lat === 0 || lon === 0) return false;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}
