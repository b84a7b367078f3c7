import { flags } from '@passport/model';
import { clear, type TestEvent, TestLedger } from '@passport/oracle/testing';
import fc from 'fast-check';

import { RandomConsents } from './random-consents.ts';

/** Vehicles, sources and texts of random ledgers. */
export const vids = ['a', 'b', 'c'].map((letter) => letter.repeat(26).replace(/.$/, 'a'));
const sources = ['GarageMSP/a', 'MakerMSP/main', 'InsurerMSP/x-1'];
const sourceKinds = ['workshop', 'telematics', 'claims'];

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
const voidable = ['mileage', 'trip', 'intervention', 'inspection', 'incident'];
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

type Write = ReturnType<TestLedger['source']>;
type Voidable = {
  readonly vid: string;
  readonly source: string;
  readonly entry: number;
  readonly index: number;
};

/** A random ledger, and the market's reader keys. */
export type RandomLedger = {
  readonly blocks: TestLedger['chain']['blocks'];
  /** Keys that the market has, by their names; some are destroyed by an erasure. */
  readonly readers: readonly { readonly vid: string; readonly name: string }[];
};

/** The blocks of a ledger on which that happens: what the chaincode would refuse is left out. */
export function ledgerOf(acts: Acts): RandomLedger {
  const building = new Building(acts);
  for (const block of acts.blocks) building.add(block);
  return building.ledger;
}

class Building {
  readonly #acts: Acts;
  readonly #ledger = new TestLedger();
  readonly #consents = new RandomConsents(this.#ledger);
  readonly #standing: Voidable[] = [];
  #timeMs = Date.UTC(2026, 1, 1, 11, 59, 30);
  /** How many vehicles are registered. */
  #known: number;
  #events = 0;

  constructor(acts: Acts) {
    this.#acts = acts;
    this.#known = acts.early;
    const kinds = sources.map((source, at) => this.#ledger.source(source, of(sourceKinds, at)));
    this.#ledger.add(this.#timeMs, ...kinds);
    this.#ledger.chain.add({ time: this.#timeMs, writes: this.#register(0, acts.early) });
  }

  get ledger(): RandomLedger {
    return { blocks: this.#ledger.chain.blocks, readers: this.#consents.readers };
  }

  add({ step, transactions }: Acts['blocks'][number]): void {
    this.#timeMs += step;
    const timeMs = this.#timeMs;
    const made = transactions.map((acts, number) => {
      const time = timeMs - number * 1000;
      return { time, writes: this.#transaction(acts, time) };
    });
    const refused = transactions.flat().filter((each) => each.do === 'invalid');
    const invalid = refused.map(({ vehicle: pick, event: late }) => ({
      time: timeMs + 30 * 86_400_000,
      writes: [new TestLedger().entry(of(vids, pick), of(sources, 0), late)],
      code: 11,
    }));
    const others = [
      new TestLedger().entry(of(vids, 0), of(sources, 0), { kind: 'trip', at: '2026-01-30' }),
    ];
    const foreign = { time: timeMs, writes: others, chaincode: 'other' };
    this.#ledger.chain.add(...invalid, ...made, foreign);
    if (this.#known >= vids.length) return;
    this.#ledger.chain.add({ time: timeMs, writes: this.#register(this.#known, vids.length) });
    this.#known = vids.length;
  }

  #register(from: number, to: number): Write[] {
    const { papers: all, areSealed, areOwned } = this.#acts;
    return vids.slice(from, to).flatMap((vid, at) => {
      const fields = all[from + at];
      const owner = areOwned[from + at] === true ? this.#consents.own(vid, this.#timeMs) : [];
      if (fields === undefined || areSealed[from + at] !== true) {
        return [this.#ledger.vehicle(vid, fields), ...owner];
      }
      const ours = { event: 'registration', contributor: 'MakerMSP' };
      const ownership = this.#consents.seal(vid, 'ownership', fields, ours);
      return [this.#ledger.vehicle(vid, undefined, { sealed: { ownership } }), ...owner];
    });
  }

  #transaction(acts: Acts['blocks'][number]['transactions'][number], timeMs: number): Write[] {
    const writes = new Map<string, Write>();
    const fresh: Voidable[] = [];
    this.#consents.begin();
    for (const act of acts) {
      for (const write of this.#act(act, timeMs, fresh)) writes.set(write[0].join(' '), write);
    }
    // What is recorded in a transaction is there to be voided after it.
    this.#standing.push(...fresh);
    return [...writes.values()];
  }

  #act(
    act: Acts['blocks'][number]['transactions'][number][number],
    timeMs: number,
    fresh: Voidable[],
  ): Write[] {
    const known = vids.slice(0, this.#known);
    switch (act.do) {
      case 'record':
        return [this.#record(of(known, act.vehicle), of(sources, act.source), act.events, fresh)];
      case 'void': {
        const [voided] = this.#standing.splice(act.pick % Math.max(1, this.#standing.length), 1);
        if (voided === undefined) return [];
        const { vid, source, ...voids } = voided;
        return [this.#ledger.entry(vid, source, { kind: 'voided', at: act.at, voids })];
      }
      case 'rekind':
        return [this.#ledger.source(of(sources, act.source), of(sourceKinds, act.kind))];
      case 'invalid':
        return [];
      case 'own':
      case 'roll':
      case 'grant':
      case 'add':
      case 'revoke':
      case 'erase':
        return this.#consents.act(act, known, timeMs);
    }
  }

  #record(vid: string, source: string, events: readonly RandomEvent[], fresh: Voidable[]): Write {
    const sealed = events.map((each) => {
      this.#events += 1;
      return this.#consents.sealed(vid, source, `event-${this.#events}`, each);
    });
    const entry = this.#ledger.entry(vid, source, ...sealed);
    const { entry: place } = entry[1] as { readonly entry: number };
    events.forEach(({ kind }, index) => {
      if (voidable.includes(kind)) fresh.push({ vid, source, entry: place, index });
    });
    return entry;
  }
}

function of<Value>(list: readonly Value[], pick: number): Value {
  const value = list[pick % list.length];
  if (value === undefined) throw new Error('an empty list');
  return value;
}
