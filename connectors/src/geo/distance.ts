/** Mean radius of the Earth in metres (GRS 80; H. Moritz, Geodetic Reference System 1980). */
const EARTH_RADIUS_M = 6_371_008.8;

const RADIANS_PER_DEGREE = Math.PI / 180;

/**
 * Metres along a great circle between two places given in degrees (the haversine formula: R. W.
 * Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984). Right to 0.5% on the ellipsoid.
 */
export function distanceM(latA: number, lonA: number, latB: number, lonB: number): number {
  const halfLat = Math.sin(((latB - latA) * RADIANS_PER_DEGREE) / 2);
  const halfLon = Math.sin(((lonB - lonA) * RADIANS_PER_DEGREE) / 2);
  const parallels = Math.cos(latA * RADIANS_PER_DEGREE) * Math.cos(latB * RADIANS_PER_DEGREE);
  const haversine = halfLat * halfLat + parallels * halfLon * halfLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, haversine)));
}
