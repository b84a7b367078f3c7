/** Where a region is: its middle in degrees, and how large it is. */
export type RegionPlace = {
  readonly lat: number;
  readonly lon: number;
  readonly areaKm2: number;
};

/**
 * Regions that papers of cars name (ISO 3166-2), roughly: middles to some tenths of a degree, areas to some hundreds of square
 * kilometres. They are for drawing, and no answer is made of them. A region that is not here is in the page's table, and
 * not on its map.
 */
export const regionPlaces: Readonly<Record<string, RegionPlace>> = {
  'FR-IDF': { lat: 48.7, lon: 2.5, areaKm2: 12_000 },
  'DE-NW': { lat: 51.5, lon: 7.6, areaKm2: 34_100 },
  'DE-BW': { lat: 48.6, lon: 9.0, areaKm2: 35_800 },
  'IT-25': { lat: 45.6, lon: 9.8, areaKm2: 23_900 },
  'ES-MD': { lat: 40.5, lon: -3.7, areaKm2: 8_000 },
  'GB-EDH': { lat: 55.9, lon: -3.3, areaKm2: 300 },
  MA: { lat: 31.9, lon: -6.3, areaKm2: 446_000 },
  'US-AL': { lat: 32.8, lon: -86.8, areaKm2: 131_000 },
  'US-AZ': { lat: 34.3, lon: -111.7, areaKm2: 294_000 },
  'US-AR': { lat: 34.9, lon: -92.4, areaKm2: 135_000 },
  'US-CA': { lat: 37.2, lon: -119.5, areaKm2: 404_000 },
  'US-CO': { lat: 39.0, lon: -105.5, areaKm2: 268_000 },
  'US-CT': { lat: 41.6, lon: -72.7, areaKm2: 12_500 },
  'US-DE': { lat: 39.0, lon: -75.5, areaKm2: 5_000 },
  'US-FL': { lat: 28.5, lon: -82.4, areaKm2: 139_000 },
  'US-GA': { lat: 32.6, lon: -83.4, areaKm2: 149_000 },
  'US-ID': { lat: 44.4, lon: -114.6, areaKm2: 214_000 },
  'US-IL': { lat: 40.0, lon: -89.2, areaKm2: 144_000 },
  'US-IN': { lat: 39.9, lon: -86.3, areaKm2: 93_000 },
  'US-IA': { lat: 42.1, lon: -93.5, areaKm2: 145_000 },
  'US-KS': { lat: 38.5, lon: -98.4, areaKm2: 212_000 },
  'US-KY': { lat: 37.5, lon: -85.3, areaKm2: 102_000 },
  'US-LA': { lat: 31.1, lon: -92.0, areaKm2: 112_000 },
  'US-ME': { lat: 45.4, lon: -69.2, areaKm2: 80_000 },
  'US-MD': { lat: 39.0, lon: -76.8, areaKm2: 25_000 },
  'US-MA': { lat: 42.3, lon: -71.8, areaKm2: 20_200 },
  'US-MI': { lat: 44.3, lon: -85.4, areaKm2: 147_000 },
  'US-MN': { lat: 46.3, lon: -94.3, areaKm2: 206_000 },
  'US-MS': { lat: 32.7, lon: -89.7, areaKm2: 122_000 },
  'US-MO': { lat: 38.4, lon: -92.5, areaKm2: 178_000 },
  'US-MT': { lat: 47.0, lon: -109.6, areaKm2: 377_000 },
  'US-NE': { lat: 41.5, lon: -99.8, areaKm2: 199_000 },
  'US-NV': { lat: 39.3, lon: -116.6, areaKm2: 285_000 },
  'US-NH': { lat: 43.7, lon: -71.6, areaKm2: 23_000 },
  'US-NJ': { lat: 40.2, lon: -74.7, areaKm2: 19_000 },
  'US-NM': { lat: 34.4, lon: -106.1, areaKm2: 314_000 },
  'US-NY': { lat: 42.9, lon: -75.5, areaKm2: 122_000 },
  'US-NC': { lat: 35.6, lon: -79.4, areaKm2: 126_000 },
  'US-ND': { lat: 47.4, lon: -100.5, areaKm2: 179_000 },
  'US-OH': { lat: 40.3, lon: -82.8, areaKm2: 106_000 },
  'US-OK': { lat: 35.6, lon: -97.5, areaKm2: 178_000 },
  'US-OR': { lat: 43.9, lon: -120.6, areaKm2: 249_000 },
  'US-PA': { lat: 40.9, lon: -77.8, areaKm2: 116_000 },
  'US-RI': { lat: 41.6, lon: -71.5, areaKm2: 2_700 },
  'US-SC': { lat: 33.9, lon: -80.9, areaKm2: 78_000 },
  'US-SD': { lat: 44.4, lon: -100.2, areaKm2: 196_000 },
  'US-TN': { lat: 35.9, lon: -86.4, areaKm2: 107_000 },
  'US-TX': { lat: 31.5, lon: -99.3, areaKm2: 677_000 },
  'US-UT': { lat: 39.3, lon: -111.7, areaKm2: 213_000 },
  'US-VT': { lat: 44.1, lon: -72.7, areaKm2: 24_000 },
  'US-VA': { lat: 37.5, lon: -78.8, areaKm2: 102_000 },
  'US-WA': { lat: 47.4, lon: -120.4, areaKm2: 172_000 },
  'US-WV': { lat: 38.6, lon: -80.6, areaKm2: 62_000 },
  'US-WI': { lat: 44.6, lon: -89.7, areaKm2: 140_000 },
  'US-WY': { lat: 43.0, lon: -107.5, areaKm2: 251_000 },
};
