import {
  CertifiedLedger,
  type CertifiedSigner,
  PROOF_HEADER,
  RelayError,
  sealingKeysAnswer,
  signRequest,
} from '@passport/ledger-client/wallet';
import {
  eventId,
  method,
  mspId,
  sourceId,
  type SealingKey,
  vehicleStates,
  type Vid,
} from '@passport/model';
import { Sealer } from '@passport/privacy';
import * as z from 'zod/mini';

import {
  enrolled,
  type Professional,
  type ProfessionalStore,
  signerOf,
} from '../../browser/professional-store.ts';
import { clockOf } from '../../browser/server-clock.ts';
import { VinFinder } from '../../browser/vin-finder.ts';

const place = z.object({
  ledger: z.string(),
  channel: z.string(),
  chaincode: z.string(),
  member: z.string(),
  proofUrl: z.string(),
  time: z.string(),
  vin: z.nullable(
    z.object({
      evaluatorUrl: z.string(),
      registryUrl: z.string(),
      evaluatorKeys: z.array(z.string()),
    }),
  ),
});

const logBookEvent = z.object({
  id: eventId,
  kind: z.string(),
  at: z.string(),
  method,
  odometerKm: z.optional(z.number()),
  quality: z.object({ index: z.number() }),
  flags: z.array(z.string()),
  state: z.optional(z.string()),
  source: sourceId,
  entry: z.number(),
  index: z.number(),
  recordedAt: z.string(),
  voidedBy: z.optional(z.object({ reason: z.string() })),
});

const vehicleAnswer = z.object({
  book: z.object({
    lifeCycle: z.object({
      state: z.enum(vehicleStates),
      since: z.string(),
      wreckDeclaredBy: z.optional(mspId),
    }),
    owner: z.nullable(z.object({ ownerEpoch: z.number() })),
    events: z.array(logBookEvent),
  }),
  keys: z.unknown(),
});

const problem = z.object({ code: z.string(), detail: z.optional(z.string()) });

/** An event as members see it. */
export type MemberEvent = z.output<typeof logBookEvent>;

/** A vehicle as members see it, and the keys to seal to. */
export type MemberVehicle = {
  readonly vid: Vid;
  readonly lifeCycle: z.output<typeof vehicleAnswer>['book']['lifeCycle'];
  readonly hasOwner: boolean;
  readonly events: readonly MemberEvent[];
  readonly keys: readonly SealingKey[];
};

/** The portal, before it is known who asks. */
export type PortalPlace = z.output<typeof place> & { readonly now: () => Date };

/** A professional at work in this browser. */
export type ProfessionalSession = {
  readonly professional: Professional;
  readonly store: ProfessionalStore;
  readonly place: PortalPlace;
  readonly signer: CertifiedSigner;
  readonly ledger: CertifiedLedger;
  readonly sealer: Sealer;
  /** Undefined where the portal does not know a registry. */
  readonly finder: VinFinder | undefined;
};

/** Asks the portal where it leads; its clock is the one that counts. Throws RelayError. */
export async function readPlace(): Promise<PortalPlace> {
  const read = readAs(place, await ask('/professionals/place', { method: 'GET' }));
  return { ...read, now: clockOf(new Date(read.time)) };
}

/** Enrols whoever holds the code, with the key of this browser. Throws RelayError. */
export async function enrol(
  store: ProfessionalStore,
  { proofUrl, now }: PortalPlace,
  code: string,
): Promise<Professional> {
  const key = await store.newKey();
  const path = '/professionals/enrol';
  const text = JSON.stringify({ code, publicKey: key.publicKey });
  const body = new TextEncoder().encode(text);
  const url = new URL(path, proofUrl).href;
  const proof = await signRequest(key, { method: 'POST', url, body }, now);
  const headers = { [PROOF_HEADER]: proof, 'Content-Type': 'application/json' };
  const as = readAs(enrolled, await ask(path, { method: 'POST', headers, body }));
  return store.enrol(as, key.privateKey);
}

/** Opens the desk of somebody who is enrolled. */
export function openSession(
  professional: Professional,
  store: ProfessionalStore,
  at: PortalPlace,
): ProfessionalSession {
  const { channel, chaincode, vin, ledger, now } = at;
  const { mspId: member, certificate, key } = professional;
  const signer = signerOf(professional);
  const { origin } = location;
  return {
    ...{ professional, store, signer, place: at },
    ledger: new CertifiedLedger({
      ...{ origin, channel, chaincode, certificate, key, mspId: member },
      random: uniform,
    }),
    sealer: new Sealer({ ledger, random: randomBytes }),
    finder:
      vin === null
        ? undefined
        : new VinFinder({ ...vin, signer, now, random: randomBytes, fetch: sendFetch }),
  };
}

/** A vehicle as members see it; undefined where the log book does not have it. Throws RelayError. */
export async function readVehicle(
  { signer, place: at }: Pick<ProfessionalSession, 'signer' | 'place'>,
  vid: Vid,
): Promise<MemberVehicle | undefined> {
  try {
    const { book, keys } = await readProven(
      { signer, place: at },
      `/professionals/vehicles/${vid}`,
      vehicleAnswer,
    );
    const { lifeCycle, owner, events } = book;
    const known = sealingKeysAnswer.parse(keys);
    return { vid, lifeCycle, hasOwner: owner !== null, events, keys: known };
  } catch (error) {
    if (error instanceof RelayError && error.refusal === 'VEHICLE_UNKNOWN') return undefined;
    throw error;
  }
}

/** Asks the portal for what it shows to a member's people. Throws RelayError. */
export async function readProven<Schema extends z.ZodMiniType>(
  { signer, place: { proofUrl, now } }: Pick<ProfessionalSession, 'signer' | 'place'>,
  path: string,
  answer: Schema,
): Promise<z.output<Schema>> {
  const url = new URL(path, proofUrl).href;
  const proof = await signRequest(signer, { method: 'GET', url }, now);
  return readAs(answer, await ask(path, { method: 'GET', headers: { [PROOF_HEADER]: proof } }));
}

/** Reads what the portal answered: it is another program, and may be another version. Throws RelayError. */
function readAs<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new RelayError('ANSWER_MALFORMED', `the portal's answer: ${where} ${issue?.message}`);
}

/** A name for a command, or an event of one: 128 bits nobody else has. */
export function newName(): string {
  return `p-${crypto.randomUUID()}`;
}

/** Random bytes, by the browser's own generator. */
export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

const sendFetch: typeof fetch = (...request) => fetch(...request);

function uniform(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

async function ask(path: string, request: RequestInit): Promise<unknown> {
  const response = await fetch(path, { ...request, redirect: 'error' }).catch((error: unknown) => {
    throw new RelayError('RELAY_UNREACHABLE', 'the portal does not answer', { cause: error });
  });
  const said: unknown = await response.json().catch(() => undefined);
  if (response.ok) return said;
  const { code, detail } = problem.safeParse(said).data ?? {};
  throw new RelayError('RELAY_REFUSED', detail ?? `the portal answers ${response.status}`, {
    refusal: code,
  });
}
