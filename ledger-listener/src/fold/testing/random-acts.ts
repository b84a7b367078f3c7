import { flags } from '@passport/model';
import { clear, type TestEvent } from '@passport/oracle/testing';
import fc from 'fast-check';

/** Vehicles, sources and texts of random ledgers. */
export const vids = ['a', 'b', 'c'].map((letter) => letter.repeat(26).replace(/.$/, 'a'));
export const sources = ['GarageMSP/a', 'MakerMSP/main', 'InsurerMSP/x-1'];
export const sourceKinds = ['workshop', 'telematics', 'claims'];

const awkward = [
  ...['', ' ', 'oil', ' oil ', 'oil,brakes,oil', ',', 'unknown', 'x'.repeat(64), 'x'.repeat(65)],
  ...['\u0000', 'a\u001fb', '\u007f', '\u2028', '\ufeffoil', 'é', 'e\u0301', '\uffff', 'Z', 'a'],
  ...['😀', '😀'.repeat(64), '😀'.repeat(65), '\ud83d', '\udc00', 'a\ud83d', '#1', 'vehicle@x'],
  ...['__proto__', 'constructor', 'sum#3@x', '"', '\\', 'a,\u0000,b', '1', '-0'],
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('oil', 'brakes', 'minor', 'severe', 'petrol') },
  { weight: 4, arbitrary: fc.constantFrom(...awkward) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 70 }) },
);

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 200 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[0, -0, 31, 32, 33, 63, 64, 65, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 9_999_999_999],
      ...[10_000_000_000, 10_000_000_001, -1, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER],
    ),
  },
);

const value = fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: text });
const mostlyText = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: number });

const fields = fc.record(
  {
    'Vehicle.TripMeterReading': value,
    'Vehicle.TripDuration': value,
    'Passport.Trip.MovingDuration': value,
    'Vehicle.AverageSpeed': value,
    'Passport.Trip.HarshBrakes': value,
    'Passport.Trip.HarshAccelerations': value,
    'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart': value,
    'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy': value,
    'Passport.Intervention.Jobs': mostlyText,
    'Passport.Incident.Severity': mostlyText,
    'Passport.Incident.Place': text,
  },
  { requiredKeys: [] },
);

const papers = fc.option(
  fc.record(
    {
      'Vehicle.VehicleIdentification.Brand': mostlyText,
      'Vehicle.VehicleIdentification.Model': mostlyText,
      'Vehicle.Powertrain.Type': mostlyText,
      'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': mostlyText,
      'Passport.Region': mostlyText,
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const day = fc
  .integer({ min: 0, max: 12 })
  .map((days) => new Date(Date.UTC(2026, 0, 25 + days)).toISOString().slice(0, 10));

const km = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 100, 100, 101, 9_999_999));

/** Of kinds that the chaincode lets be voided, and of others. */
export const voidable = ['mileage', 'trip', 'intervention', 'inspection', 'incident'];
const others = ['appraised', 'wreck-declared', 'wreck-lifted', 'repaired', 'odometer-replaced'];
const states = ['in-service', 'damaged', 'appraised', 'wreck', 'scrapped'];
/** Classes that are not clear, that cannot be read, and that say once more what another one says. */
const awkwardClasses: readonly Readonly<Record<string, string>>[] = [
  { location: Buffer.of(1, 123, 125).toString('base64url') },
  { usage: Buffer.of(7, 123, 125).toString('base64url') },
  ...[
    ...['{', '[]', 'null', '""', '{"Vehicle.Colour":1}', '{"Vehicle.AverageSpeed":0.5}'],
    ...['{"__proto__":1,"Vehicle.AverageSpeed":7}', '{"Vehicle.AverageSpeed":1e400}'],
    ...['{"Vehicle.AverageSpeed":9,"Vehicle.TripMeterReading":null}', '\ufeff{}'],
    ...['{"Vehicle.AverageSpeed":9}', '{"Vehicle.TripMeterReading":1.0e3}'],
    '{"Passport.Intervention.Jobs":"oil","Passport.Intervention.Jobs":"tyres,oil"}',
  ].map((json) => ({ maintenance: clear(json) })),
  { driving: Buffer.of(0, 0xff, 0xfe).toString('base64url') },
];

/** What is sealed, by scope: the text, or fields. */
const secret = fc.record(
  {
    'Vehicle.TripMeterReading': fc.oneof(
      { weight: 6, arbitrary: number.map((m) => ({ 'Vehicle.TripMeterReading': m })) },
      // A field of another scope, and what is none.
      fc.constantFrom({ 'Vehicle.TripDuration': 5 }, '{', '[]', '{"Vehicle.Colour":1}', '\ufeff{}'),
    ),
    usage: fc.record({ 'Vehicle.TripDuration': value, 'Passport.Trip.Start': text }),
    driving: fc.record({ 'Vehicle.AverageSpeed': value, 'Passport.Trip.HarshBrakes': value }),
    energy: fc.record({ 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart': value }),
    maintenance: fc.record({ 'Passport.Intervention.Jobs': mostlyText }),
    'Passport.Incident.Severity': fc.record({ 'Passport.Incident.Severity': mostlyText }),
    location: fc.record({ 'Passport.Incident.Place': text }),
  },
  { requiredKeys: [] },
);

/** An event of a random ledger. */
export type RandomEvent = TestEvent & {
  readonly secret?: typeof secret extends fc.Arbitrary<infer Value> ? Value : never;
  /** What makes that its envelopes open for nobody. */
  readonly flaw?: 'event' | 'suite' | 'short' | 'epoch';
};

const event: fc.Arbitrary<RandomEvent> = fc
  .record(
    {
      kind: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...voidable) },
        { weight: 2, arbitrary: fc.constantFrom(...others) },
      ),
      at: day,
      quality: fc.integer({ min: 0, max: 1000 }),
      flags: fc.subarray([...flags], { maxLength: 3 }),
      odometerKm: km,
      formerOdometerKm: km,
      state: fc.constantFrom(...states),
      generated: fc.constant(true as const),
      fields,
      sealed: fc.constantFrom(...awkwardClasses),
      secret,
      flaw: fc.constantFrom('event' as const, 'suite' as const, 'short' as const, 'epoch' as const),
    },
    { requiredKeys: ['kind', 'at', 'quality', 'flags'] },
  )
  .map(({ formerOdometerKm, ...event }) => {
    // Most envelopes are as they have to be.
    if (event.quality % 8 !== 0) delete event.flaw;
    if (event.kind !== 'odometer-replaced') return event;
    return { odometerKm: 0, ...event, formerOdometerKm: formerOdometerKm ?? 0 };
  });

const pick = fc.nat({ max: 1000 });
const classes = ['usage', 'driving', 'energy', 'maintenance', 'incident', 'ownership'];
const grantedScopes = fc.record({
  classes: fc.oneof(fc.constant(classes), fc.subarray(classes)),
  fields: fc.subarray(['Vehicle.TripMeterReading', 'Passport.Incident.Severity']),
});
/** Mostly the first vehicle, so that much happens to one of them. */
const vehicle = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 1000 }));
/** Which of a vehicle's keys a wrap has, as bits by epoch; 255 is all of them. */
const wrapped = fc.oneof({ weight: 5, arbitrary: fc.constant(255) }, fc.nat({ max: 15 }));
const consent = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      vehicle,
      scopes: grantedScopes,
      includesPast: fc.boolean(),
      /** From its transaction, in milliseconds. */
      begins: fc.constantFrom(0, 0, 0, 1, 3_600_000),
      lasts: fc.oneof(
        { weight: 3, arbitrary: fc.constant(700 * 86_400_000) },
        fc.constantFrom(1, 3_600_000, 86_400_000),
      ),
      to: fc.oneof(
        { weight: 8, arbitrary: fc.constant('market') },
        fc.constantFrom('other', 'research'),
      ),
      reader: fc.oneof(
        { weight: 6, arbitrary: fc.constant('kept') },
        { weight: 3, arbitrary: fc.constant('shared') },
        fc.constantFrom('missing', 'foreign'),
      ),
      wrapped,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('add' as const), pick, wrapped }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('revoke' as const), pick, retracts: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('roll' as const), vehicle }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('erase' as const), vehicle, epoch: pick }),
  },
);
const act = fc.oneof(
  { weight: 8, arbitrary: consent },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      vehicle,
      source: pick,
      events: fc.array(event, { minLength: 1, maxLength: 3, size: 'max' }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('void' as const), pick, at: day }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('own' as const), vehicle }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rekind' as const), source: pick, kind: pick }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('invalid' as const), vehicle, event }),
  },
);

/** Steps of the clock between blocks, in milliseconds; it also runs back. */
const step = fc.oneof(
  fc.constantFrom(-3_600_000, -1, 0, 1, 59_999, 60_000, 900_000, 3_540_000, 3_600_000),
  fc.constantFrom(86_400_000 - 900_000, 86_400_000, 7 * 86_400_000 - 3_600_000, 7 * 86_400_000),
  fc.integer({ min: 0, max: 4_000_000 }),
);

const block = fc.record({
  step,
  transactions: fc.array(fc.array(act, { minLength: 1, maxLength: 3, size: 'max' }), {
    maxLength: 3,
    size: 'max',
  }),
});

/** What an owner does. */
export type ConsentAct =
  | (typeof consent extends fc.Arbitrary<infer Value> ? Value : never)
  | { readonly do: 'own'; readonly vehicle: number };

/** What happens on a random ledger. */
export const randomActs = fc.record({
  papers: fc.tuple(papers, papers, papers),
  /** Whether each comes with an owner. */
  areOwned: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  /** Whether the papers of each are sealed. */
  areSealed: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  /** Vehicles that come with the first block; the others one block later. */
  early: fc.integer({ min: 1, max: vids.length }),
  blocks: fc.array(block, { minLength: 1, maxLength: 14, size: 'max' }),
});

/** {@link randomActs} */
export type Acts = typeof randomActs extends fc.Arbitrary<infer Value> ? Value : never;
