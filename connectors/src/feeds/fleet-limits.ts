/** How positions are cleaned and cut into trips. */
export type FleetLimits = {
  /** Faster than any bus or car on the roads; 40 m/s are 144 km/h. */
  readonly speedMpsMax: number;
  /** No position for longer than this ends a trip. */
  readonly gapMsMax: number;
  /** Standing for longer than this ends a trip. */
  readonly standMsMax: number;
  /** Within this of where it came to stand a vehicle stands: satellite fixes wander. */
  readonly standRadiusM: number;
  /** So many impossible jumps in a row, and the position before them was the wrong one. */
  readonly jumpsMax: number;
  /** Less is no trip. */
  readonly tripMetresMin: number;
  readonly tripMsMin: number;
};

/** {@link FleetLimits} unless an operator says otherwise. */
export const defaultFleetLimits: FleetLimits = {
  speedMpsMax: 40,
  gapMsMax: 15 * 60 * 1000,
  standMsMax: 15 * 60 * 1000,
  standRadiusM: 50,
  jumpsMax: 3,
  tripMetresMin: 300,
  tripMsMin: 60 * 1000,
};
