import { dayOf, type EventInput, parseEventId, sealClear, type Vid } from '@passport/model';

const fields = sealClear({
  'Passport.Trip.Start': '2026-11-20T08:12:31.000Z',
  'Passport.Trip.End': '2026-11-20T08:40:02.000Z',
  'Vehicle.TripMeterReading': 18_345,
  'Vehicle.TripDuration': 1_651_000,
  'Vehicle.AverageSpeed': 11_112,
  'Passport.Trip.MaxSpeed': 24_000,
});

/** Trips of vehicles in turn, with everything that a trip of a connected car has. */
export function tripBatch(
  vids: readonly Vid[],
  events: number,
  batch: number,
  nowMs: number,
): EventInput[] {
  return Array.from({ length: events }, (_, index): EventInput => {
    const vid = vids[index % vids.length];
    if (vid === undefined) throw new Error('no vehicles');
    return {
      id: parseEventId(`trip-${batch}-${index}`),
      vid,
      kind: 'trip',
      at: dayOf(nowMs),
      method: 'connected-car',
      odometerKm: 1_000 + batch * 20 + Math.floor(index / vids.length),
      sealed: fields,
    };
  });
}
