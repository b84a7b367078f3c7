import type { Context } from 'fabric-contract-api';

import { canonicalJson, type JsonValue } from './canonical-json.ts';
import type { MileageEntry, VehicleHead } from './log-book.ts';
import { PassportError } from './passport-error.ts';
import type { Vid } from './vid.ts';

type Stub = Context['stub'];

/** Composite keys: `vehicle` and the vid; `reading`, the vid, and the sequence in ten digits. */
const VEHICLE = 'vehicle';
const READING = 'reading';
const SEQUENCE_DIGITS = 10;

/** The vehicle's head; undefined when it is not registered. Reads one key. */
export async function findHead(stub: Stub, vid: Vid): Promise<VehicleHead | undefined> {
  const bytes = await stub.getState(stub.createCompositeKey(VEHICLE, [vid]));
  // Nothing but this contract writes under its keys, so what is there has its shape.
  return bytes.length === 0 ? undefined : (JSON.parse(textOf(bytes)) as VehicleHead);
}

/** As {@link findHead}. Throws PassportError `PASSPORT_VEHICLE_UNKNOWN`. */
export async function readHead(stub: Stub, vid: Vid): Promise<VehicleHead> {
  const head = await findHead(stub, vid);
  if (head !== undefined) return head;
  throw new PassportError('PASSPORT_VEHICLE_UNKNOWN', `no vehicle ${vid} is registered`);
}

/** Writes the vehicle's head. */
export async function writeHead(stub: Stub, head: VehicleHead): Promise<void> {
  const key = stub.createCompositeKey(VEHICLE, [head.registration.vid]);
  await stub.putState(key, bytesOf(head));
}

/** Writes a reading under its own key, without reading that. */
export async function writeReading(stub: Stub, entry: MileageEntry): Promise<void> {
  const sequence = String(entry.sequence).padStart(SEQUENCE_DIGITS, '0');
  await stub.putState(stub.createCompositeKey(READING, [entry.vid, sequence]), bytesOf(entry));
}

/** All readings of a vehicle in the order of the ledger. Reads a range. */
export async function readReadings(stub: Stub, vid: Vid): Promise<MileageEntry[]> {
  const entries: MileageEntry[] = [];
  for await (const { value } of stub.getStateByPartialCompositeKey(READING, [vid])) {
    entries.push(JSON.parse(textOf(value)) as MileageEntry);
  }
  return entries;
}

/** A value as the ledger keeps it: canonical JSON in UTF-8. */
export function bytesOf(value: JsonValue): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8');
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
