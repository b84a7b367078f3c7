const STANDARD_GRAVITY = 9.80665;

/**
 * Harsh: slower by 0.45 g, faster by 0.35 g (the thresholds of elevated gravitational-force events of
 * B. G. Simons-Morton et al., Do Elevated Gravitational-Force Events While Driving Predict Crashes and
 * Near Crashes?, American Journal of Epidemiology 175, 2012). Theirs are of an accelerometer; a
 * difference of speeds over a whole second is smoother, so fewer show.
 */
const HARSH_BRAKE_MPS2 = 0.45 * STANDARD_GRAVITY;
const HARSH_ACCELERATION_MPS2 = 0.35 * STANDARD_GRAVITY;

/** Rows of one second follow each other by that; further apart, the recording had a gap. */
const NEXT_ROW_MS_MAX = 1500;

/** What a trip's speeds, second by second, come to. */
export type Drive = {
  readonly metres: number;
  readonly movingMs: number;
  readonly maxSpeedMps: number;
  readonly harshBrakes: number;
  readonly harshAccelerations: number;
  /** Rows with a speed; each stands for one second. */
  readonly seconds: number;
};

/** Adds up a trip that is recorded once a second. Gaps of the recording add nothing. */
export class DriveSummary {
  #metres = 0;
  #seconds = 0;
  #movingSeconds = 0;
  #maxSpeedMps = 0;
  #harshBrakes = 0;
  #harshAccelerations = 0;
  #lastMs: number | undefined;
  #lastSpeedMps = 0;
  /** Harshness that goes on for several seconds is one event. */
  #harsh: 'brake' | 'acceleration' | undefined;

  /** Takes the speed of the next second. */
  add(timeMs: number, speedMps: number): void {
    const elapsedMs = this.#lastMs === undefined ? undefined : timeMs - this.#lastMs;
    const follows = elapsedMs !== undefined && elapsedMs <= NEXT_ROW_MS_MAX;
    this.#notice(follows ? ((speedMps - this.#lastSpeedMps) * 1000) / elapsedMs : 0);
    this.#metres += speedMps;
    this.#seconds += 1;
    if (speedMps > 0) this.#movingSeconds += 1;
    this.#maxSpeedMps = Math.max(this.#maxSpeedMps, speedMps);
    this.#lastMs = timeMs;
    this.#lastSpeedMps = speedMps;
  }

  /** The sum so far. */
  get drive(): Drive {
    return {
      metres: this.#metres,
      movingMs: this.#movingSeconds * 1000,
      maxSpeedMps: this.#maxSpeedMps,
      harshBrakes: this.#harshBrakes,
      harshAccelerations: this.#harshAccelerations,
      seconds: this.#seconds,
    };
  }

  #notice(accelerationMps2: number): void {
    const harsh = harshnessOf(accelerationMps2);
    if (harsh !== this.#harsh) {
      if (harsh === 'brake') this.#harshBrakes += 1;
      if (harsh === 'acceleration') this.#harshAccelerations += 1;
    }
    this.#harsh = harsh;
  }
}

function harshnessOf(accelerationMps2: number): 'brake' | 'acceleration' | undefined {
  if (accelerationMps2 <= -HARSH_BRAKE_MPS2) return 'brake';
  return accelerationMps2 >= HARSH_ACCELERATION_MPS2 ? 'acceleration' : undefined;
}
