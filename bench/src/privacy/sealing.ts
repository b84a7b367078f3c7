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

const EVENTS = 4_000;
const VEHICLES = 20;
const ROUNDS = 9;
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

type Things = readonly (SealedFor & { readonly sealed: Sealed })[];

/**
 * Sealing and opening of trips once the secrets are there, in fields per second, against AES-256-GCM under one
 * key: the same fields, as JSON by scope, a random nonce, base64url, and back. Ours takes a key of each event
 * besides, commits to it and binds the place. For information also against the cipher alone, from bytes to bytes.
 */
export async function sealingBench(say: (line: string) => void): Promise<Figure[]> {
  const { sealer, opener, keys, places, scopes } = await prepareVehicles();
  const parts = scopes.map(partOf);
  const texts = parts.map((part) => Buffer.from(JSON.stringify(part)));
  const key = randomBytes(32);
  const plain = parts.map((part) => plainly(key, part));
  const rates = {
    seal: [0],
    plainSeal: [0],
    cipher: [0],
    open: [0],
    plainOpen: [0],
    decipher: [0],
  };
  const encrypted = texts.map((text) => encrypt(key, text));
  let things: Things = [];
  // One after the other in each round, so that whatever else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.cipher[round] = await rateOf(() => forEachEvent(texts, (text) => encrypt(key, text)));
    rates.plainSeal[round] = await rateOf(() => forEachEvent(parts, (part) => plainly(key, part)));
    rates.seal[round] = await rateOf(async () => {
      const made = [];
      for (const place of places) {
        made.push({ ...place, sealed: await sealer.seal(fields, place, keys) });
      }
      things = made;
    });
    rates.decipher[round] = await rateOf(() => forEachEvent(encrypted, (one) => decrypt(key, one)));
    rates.plainOpen[round] = await rateOf(() => forEachEvent(plain, (one) => openPlain(key, one)));
    await opener.prepare(things);
    rates.open[round] = await rateOf(() => {
      for (const { sealed, ...place } of things) opener.open(sealed, place);
    });
  }
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
    { figure: 'fields sealed', value: Math.round(median(rates.seal)), unit: 'fields/s' },
    { figure: 'fields opened', value: Math.round(median(rates.open)), unit: 'fields/s' },
  ];
  return [...figures, ...perSecond, await firstFigure(keys, places)];
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

function forEachEvent<Item>(items: readonly Item[], work: (item: Item) => unknown): void {
  for (let event = 0; event < EVENTS; event += 1) {
    for (const item of items) work(item);
  }
}

async function rateOf(work: () => void | Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (EVENTS * FIELDS * 1000) / (performance.now() - startedMs);
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
