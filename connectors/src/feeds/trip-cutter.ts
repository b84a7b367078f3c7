import { distanceM } from '../geo/distance.ts';
import { isPlace } from '../geo/cell.ts';
import { type Place, TripEnds } from '../geo/trip-ends.ts';
import type { FleetLimits } from './fleet-limits.ts';
import type { RefusalCounter } from './refusals.ts';

/** Why positions do not become part of a trip. */
export type PositionRefusal =
  | 'position-impossible'
  | 'time-repeated'
  | 'speed-impossible'
  | 'jump-impossible'
  | 'trip-without-movement'
  | 'trip-too-short';

/** Where a vehicle was, when, and what day its operator calls it. */
export type Position = {
  readonly timeMs: number;
  readonly lat: number;
  readonly lon: number;
  /** As it was reported; null when it was not. */
  readonly speedMps: number | null;
  /** Days since 1970. */
  readonly serviceDay: number;
};

/** From leaving one place to coming to rest at another; metres and milliseconds. */
export type Trip = {
  readonly start: Position;
  readonly end: Position;
  readonly metres: number;
  readonly movingMs: number;
  readonly maxSpeedMps: number;
  /** All that the vehicle has driven by the end of it, shorter trips included. */
  readonly trackedMetres: number;
  /** Positions that went into it. */
  readonly positions: number;
  /** Where it may be told to have come from and gone to: not where it began and ended. */
  readonly told: { readonly start?: Place; readonly end?: Place };
};

/**
 * Cuts one vehicle's positions, in the order of time, into trips, and cleans them. It keeps three
 * positions, and those of its last minutes, however many come.
 *
 * Distance is the sum of the straight legs between places further apart than the radius of
 * standing: it never counts the wandering of a fix, and is a little short in bends.
 */
export class TripCutter {
  readonly #limits: FleetLimits;
  readonly #refusals: RefusalCounter<PositionRefusal>;
  /** The last position that was kept. */
  #last: Position | undefined;
  /** Where the vehicle came to be last; legs run from here. */
  #anchor: Position | undefined;
  #start: Position | undefined;
  #metres = 0;
  #movingMs = 0;
  #maxSpeedMps = 0;
  #positions = 0;
  #jumps = 0;
  #trackedMetres = 0;
  #ends = new TripEnds();

  constructor(limits: FleetLimits, refusals: RefusalCounter<PositionRefusal>) {
    this.#limits = limits;
    this.#refusals = refusals;
  }

  /** Takes the next position; returns the trip that ended before it, if one did. */
  push(position: Position): Trip | undefined {
    const refusal = this.#refusalOf(position);
    if (refusal !== undefined) {
      this.#refusals.add(refusal);
      return undefined;
    }
    const last = this.#last;
    const anchor = this.#anchor;
    if (last === undefined || anchor === undefined) return this.#begin(position);
    if (this.#jumps > 0 || position.timeMs - last.timeMs > this.#limits.gapMsMax) {
      const trip = this.finish();
      this.#begin(position);
      return trip;
    }
    const leg = distanceM(anchor.lat, anchor.lon, position.lat, position.lon);
    if (leg <= this.#limits.standRadiusM) {
      this.#last = position;
      this.#positions += 1;
      return undefined;
    }
    if (last.timeMs - anchor.timeMs <= this.#limits.standMsMax) {
      this.#move(leg, anchor, last, position);
      return undefined;
    }
    const trip = this.finish();
    const departure = { ...anchor, timeMs: last.timeMs, serviceDay: last.serviceDay };
    this.#begin(departure, 0);
    this.#move(leg, departure, last, position);
    return trip;
  }

  /** Ends the trip under way, as at the end of a vehicle's positions. */
  finish(): Trip | undefined {
    const trip = this.#trip();
    this.#last = undefined;
    this.#anchor = undefined;
    this.#jumps = 0;
    return trip;
  }

  #refusalOf(position: Position): PositionRefusal | undefined {
    const { lat, lon, speedMps, timeMs } = position;
    if (!isPlace(lat, lon)) return 'position-impossible';
    if (speedMps !== null && !(speedMps >= 0 && speedMps <= this.#limits.speedMpsMax)) {
      return 'speed-impossible';
    }
    const last = this.#last;
    if (last === undefined) return undefined;
    const elapsedMs = timeMs - last.timeMs;
    if (elapsedMs <= 0) return 'time-repeated';
    const metres = distanceM(last.lat, last.lon, lat, lon);
    const impossible = metres > (this.#limits.speedMpsMax * elapsedMs) / 1000;
    // From the last of several impossible jumps on it is the former position that is left behind.
    if (!impossible) this.#jumps = 0;
    else if (this.#jumps < this.#limits.jumpsMax) {
      this.#jumps += 1;
      return 'jump-impossible';
    }
    return undefined;
  }

  #begin(position: Position, positions = 1): undefined {
    this.#start = position;
    this.#anchor = position;
    this.#last = position;
    this.#metres = 0;
    this.#movingMs = 0;
    this.#maxSpeedMps = 0;
    this.#positions = positions;
    this.#ends = new TripEnds();
  }

  /**
   * Adds the leg from the anchor. The vehicle is taken to have driven all of it as fast as its last
   * part; before that it stood.
   */
  #move(leg: number, anchor: Position, last: Position, position: Position): void {
    const lastMetres = distanceM(last.lat, last.lon, position.lat, position.lon);
    const asFastMs = ((position.timeMs - last.timeMs) * leg) / lastMetres;
    const legMs = Math.max(1, Math.round(Math.min(asFastMs, position.timeMs - anchor.timeMs)));
    if (this.#metres === 0) this.#start = { ...anchor, timeMs: position.timeMs - legMs };
    this.#ends.add(position.timeMs, position, this.#start?.timeMs ?? position.timeMs);
    this.#metres += leg;
    this.#trackedMetres += leg;
    this.#movingMs += legMs;
    this.#maxSpeedMps = Math.max(this.#maxSpeedMps, (leg * 1000) / legMs, position.speedMps ?? 0);
    this.#anchor = position;
    this.#last = position;
    this.#positions += 1;
  }

  #trip(): Trip | undefined {
    const start = this.#start;
    const end = this.#anchor;
    if (start === undefined || end === undefined) return undefined;
    const positions = this.#positions;
    const { tripMetresMin, tripMsMin } = this.#limits;
    if (this.#metres === 0) this.#refusals.add('trip-without-movement', positions);
    else if (this.#metres < tripMetresMin || end.timeMs - start.timeMs < tripMsMin) {
      this.#refusals.add('trip-too-short', positions);
    } else {
      return {
        start,
        end,
        metres: this.#metres,
        movingMs: this.#movingMs,
        maxSpeedMps: this.#maxSpeedMps,
        trackedMetres: this.#trackedMetres,
        positions,
        told: this.#ends.ends(end.timeMs),
      };
    }
    return undefined;
  }
}
