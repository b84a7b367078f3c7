import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto';

import {
  type Fields,
  type KeyScope,
  parseEventId,
  parseSourceId,
  type Sealed,
  scopeOfField,
  type SignalName,
  vidOfBytes,
} from '@passport/model';
import {
  deriveSealingKey,
  type KeyToSealTo,
  Opener,
  type SealedFor,
  Sealer,
} from '@passport/privacy';

import { type Figure, median } from '../figure.ts';

const EVENTS = 1_000;
const VEHICLES = 20;
const ROUNDS = 31;
/** Rounds before those that count. */
const WARM_UP = 4;
const RATIO_MIN = 0.5;
const LEDGER = 'fabric:00000000000000000000000000000000';

/** A trip's fields as the feeds seal them: five scopes. */
const fields: Fields = {
  'Passport.Trip.Start': '2026-11-23T08:00:00.000Z',
  'Passport.Trip.End': '2026-11-23T08:40:12.000Z',
  'Vehicle.TripDuration': 2_412_000,
  'Passport.Trip.MovingDuration': 2_190_000,
  'Vehicle.TripMeterReading': 31_404,
  'Vehicle.AverageSpeed': 13_020,
  'Passport.Trip.MaxSpeed': 31_900,
  'Passport.Trip.HarshBrakes': 2,
  'Passport.Trip.HarshAccelerations': 1,
  'Passport.Trip.StartCell': '871fb4670ffffff',
  'Passport.Trip.EndCell': '871fb4671ffffff',
  'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy': 5_120,
  'Passport.Trip.StartStateOfCharge': 810,
  'Passport.Trip.EndStateOfCharge': 702,
  'Vehicle.Exterior.AirTemperature': 84,
};
const FIELDS = Object.keys(fields).length;

/**
 * Sealing and opening of trips once the secrets are there, in fields per second of CPU, against AES-256-GCM under
 * one key. The target is about the same task without what sealing adds: the same fields, as JSON by scope, a
 * random nonce, base64url, and back, for nobody seals or reads bytes that are not on the ledger as text. Ours takes
 * a key of each event besides, commits to it and binds the place. For information also against the cipher
 * alone, from bytes to bytes.
 */
export async function sealingBench(say: (line: string) => void): Promise<Figure[]> {
  const { sealer, opener, keys, places, scopes } = await prepareVehicles();
  const parts = scopes.map(partOf);
  const texts = parts.map((part) => Buffer.from(JSON.stringify(part)));
  const key = randomBytes(32);
  const plain = ofEachEvent(parts, (part) => plainly(key, part));
  const encrypted = ofEachEvent(texts, (text) => encrypt(key, text));
  const things: (SealedFor & { readonly sealed: Sealed })[] = [];
  for (const place of places) {
    things.push({ ...place, sealed: await sealer.seal(fields, place, keys) });
  }
  await opener.prepare(things);
  const works = {
    seal: async () => {
      for (const place of places) await sealer.seal(fields, place, keys);
    },
    plainSeal: () => {
      for (let event = 0; event < EVENTS; event += 1) {
        for (const part of parts) plainly(key, part);
      }
    },
    cipher: () => {
      for (let event = 0; event < EVENTS; event += 1) {
        for (const text of texts) encrypt(key, text);
      }
    },
    open: () => {
      for (const thing of things) opener.open(thing.sealed, thing);
    },
    plainOpen: () => {
      for (const one of plain) openPlain(key, one);
    },
    decipher: () => {
      for (const one of encrypted) decrypt(key, one);
    },
  };
  const rates = await ratesOf(works);
  const figures = [
    {
      ...compare('steady sealing, of AES-256-GCM under one key', rates.seal, rates.plainSeal),
      target: { atLeast: RATIO_MIN },
    },
    {
      ...compare('steady opening, of AES-256-GCM under one key', rates.open, rates.plainOpen),
      target: { atLeast: RATIO_MIN },
    },
    compare('steady sealing, of the cipher alone, bytes to bytes', rates.seal, rates.cipher),
    compare('steady opening, of the cipher alone, bytes to bytes', rates.open, rates.decipher),
  ];
  for (const { figure, value } of figures) say(`${figure}: ${value}`);
  const perSecond = [
    { figure: 'fields sealed', value: Math.round(median(rates.seal)), unit: 'fields/s of CPU' },
    { figure: 'fields opened', value: Math.round(median(rates.open)), unit: 'fields/s of CPU' },
  ];
  return [...figures, ...perSecond, await firstFigure(keys, places)];
}

type Works<Name extends string> = Readonly<Record<Name, () => void | Promise<void>>>;

/**
 * Fields per second of each work, round for round. All take turns in short rounds, so that whatever else the
 * machine does falls on all of them.
 */
async function ratesOf<Name extends string>(works: Works<Name>): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const rates = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const name of names) {
      const before = process.cpuUsage();
      await works[name]();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) rates[name]?.push((EVENTS * FIELDS * 1e6) / (user + system));
    }
  }
  return rates as Record<Name, number[]>;
}

/** The middle one of the rounds' ratios. */
function compare(figure: string, ours: readonly number[], plain: readonly number[]): Figure {
  const ratios = ours.map((rate, round) => rate / (plain[round] ?? Number.NaN));
  return {
    figure,
    value: Math.round(median(ratios) * 100) / 100,
    unit: 'x',
    baseline: Math.round(median(plain)),
  };
}

/** What the first event of a source for a vehicle costs: one encapsulation for each scope. */
async function firstFigure(keys: Keys, [place]: readonly SealedFor[]): Promise<Figure> {
  if (place === undefined) throw new Error('no place to seal for');
  const rounds = 50;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const sealer = new Sealer({ ledger: LEDGER, random: randomBytes });
    const startedMs = performance.now();
    await sealer.seal(fields, place, keys);
    times.push((performance.now() - startedMs) / Object.keys(keys).length);
  }
  const value = Math.round(median(times) * 100) / 100;
  return {
    figure: 'an encapsulation, once per source, vehicle, scope and epoch',
    value,
    unit: 'ms',
  };
}

type Keys = { readonly [scope in KeyScope]?: KeyToSealTo };

async function prepareVehicles() {
  const sealer = new Sealer({ ledger: LEDGER, random: randomBytes });
  const opener = new Opener({ ledger: LEDGER });
  const names = Object.keys(fields) as SignalName[];
  const scopes = [...new Set(names.map((name) => scopeOfField(name)))];
  const keys: { [scope in KeyScope]?: KeyToSealTo } = {};
  const vids = Array.from({ length: VEHICLES }, () => vidOfBytes(randomBytes(16)));
  const [first = vidOfBytes(randomBytes(16))] = vids;
  for (const scope of scopes) {
    const address = { vid: first, ownerEpoch: 1, scope, epoch: 1 };
    // One key for all vehicles: nobody does that, and it costs the same.
    const { publicKey, scalar } = await deriveSealingKey(randomBytes(32), address);
    keys[scope] = { epoch: 1, suite: 1, key: publicKey };
    for (const vid of vids) opener.addKey({ ...address, vid }, scalar);
  }
  const contributor = parseSourceId('MakerMSP/telematics');
  const places: SealedFor[] = Array.from({ length: EVENTS }, (_, index) => ({
    ...{ vid: vids[index % VEHICLES] ?? first, contributor },
    event: parseEventId(`trip-2026-11-23-${index}`),
  }));
  return { sealer, opener, keys, places, scopes };
}

/** The fields of one scope. */
function partOf(scope: KeyScope): Fields {
  const members = Object.entries(fields).filter(
    ([name]) => scopeOfField(name as SignalName) === scope,
  );
  return Object.fromEntries(members);
}

/** As many of each as there are events, each by itself in memory, as what a ledger brings. */
function ofEachEvent<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Made[] {
  return Array.from({ length: EVENTS }, () => items.map(make)).flat();
}

type Encrypted = { readonly nonce: Buffer; readonly ciphertext: Buffer; readonly tag: Buffer };

function plainly(key: Buffer, part: Fields): string {
  const { nonce, ciphertext, tag } = encrypt(key, Buffer.from(JSON.stringify(part)));
  return Buffer.concat([nonce, ciphertext, tag]).toString('base64url');
}

function openPlain(key: Buffer, text: string): unknown {
  const bytes = Buffer.from(text, 'base64url');
  const end = bytes.length - 16;
  const parts = { nonce: bytes.subarray(0, 12), tag: bytes.subarray(end) };
  return JSON.parse(decrypt(key, { ...parts, ciphertext: bytes.subarray(12, end) }).toString());
}

function encrypt(key: Buffer, text: Buffer): Encrypted {
  const nonce = randomFillSync(Buffer.allocUnsafe(12));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const ciphertext = cipher.update(text);
  cipher.final();
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function decrypt(key: Buffer, { nonce, ciphertext, tag }: Encrypted): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, nonce);
  cipher.setAuthTag(tag);
  const text = cipher.update(ciphertext);
  cipher.final();
  return text;
}
