import type { VehicleAnswer, VehicleEvent } from '../query/answers.ts';
import { type VehicleState, vehicleStates } from '../vehicle/life-cycle.ts';
import {
  type CertificateClaims,
  type CertificateField,
  certificateFields,
  type CertifiedParts,
} from './certificate-claims.ts';

/** Lowest median of the bands `high`, `good`, `fair`: the index is 0 to 1000. */
export const qualityBands = { high: 800, good: 600, fair: 400 } as const;

/** Flags of a reading that its own source contradicts. */
const contradictions = ['odometer-lower-than-before', 'odometer-higher-than-after'];
const offRoadFlags = ['while-wreck', 'while-exported', 'while-scrapped'];

/**
 * What can be certified of a car: a pure function of its log book, all of it, and only of what the ledger shows to all
 * members. Nothing sealed is looked at. Voided events count for nothing.
 */
export function certifiedPartsOf(book: VehicleAnswer): CertifiedParts {
  const events = book.events.filter(
    ({ kind, place, voidedBy }) => place !== null && voidedBy === null && kind !== 'voided',
  );
  return {
    mileage: mileageOf(events),
    life: lifeOf(book.state, events),
    owners: book.owners,
    freshness: {
      on: greatest(events.map(({ at }) => at)),
      recordedOn: greatest(events.map(({ recordedAt }) => recordedAt.slice(0, 10))),
    },
    quality: qualityOf(events),
    basis: basisOf(events),
  };
}

/** Events that a program made up. */
export function madeUpOf({ events }: VehicleAnswer): number {
  return events.filter(({ detail }) => detail['generated'] === true).length;
}

/** The parts that were chosen. */
export function chosenParts(
  parts: CertifiedParts,
  fields: readonly CertificateField[],
): Partial<CertifiedParts> {
  return Object.fromEntries(
    certificateFields
      .filter((field) => fields.includes(field))
      .map((field) => [field, parts[field]]),
  );
}

/**
 * Of the parts that were chosen, what makes a certificate another one when it changes: findings, and not how many
 * readings there are by now, or how old they are.
 */
export function findingsOf({
  mileage,
  life,
  owners,
}: Pick<Partial<CertificateClaims>, CertificateField>): (string | number | null)[] {
  return [
    ...(mileage === undefined
      ? [null]
      : [mileage.says, mileage.backs, mileage.backKm, mileage.jumps, mileage.against]),
    ...(life === undefined ? [null] : [life.state, life.wreck, life.incidents, life.offRoad]),
    owners ?? null,
  ];
}

/** The same comparison of neighbours as the view `mileage` makes (`fold/odometer-chain.ts`), of one car. */
function mileageOf(events: readonly VehicleEvent[]): CertifiedParts['mileage'] {
  const readings = events.filter(({ odometerKm }) => odometerKm !== null).sort(inChainOrder);
  let [backs, backKm] = [0, 0];
  let backOn: string | null = null;
  let before: number | undefined;
  for (const { odometerKm, detail, at } of readings) {
    const former = detail['formerOdometerKm'];
    // What continues the reading before is what the old odometer read, where it was replaced.
    const arrived = typeof former === 'number' ? former : Number(odometerKm);
    if (before !== undefined && arrived < before) {
      backs += 1;
      backKm += before - arrived;
      backOn = at;
    }
    before = Number(odometerKm);
  }
  const jumps = readings.filter((event) => hasFlag(event, ['odometer-jump'])).length;
  const against = readings.filter((event) => hasFlag(event, contradictions)).length;
  const isDoubtful = backs + jumps + against > 0;
  return {
    says: isDoubtful ? 'doubtful' : readings.length < 2 ? 'unknown' : 'consistent',
    readings: readings.length,
    since: readings[0]?.at ?? null,
    km: readings.at(-1)?.odometerKm ?? null,
    on: readings.at(-1)?.at ?? null,
    ...{ backs, backKm, backOn, jumps, against },
  };
}

function lifeOf(state: string, events: readonly VehicleEvent[]): CertifiedParts['life'] {
  const known = vehicleStates.find((each) => each === state);
  if (known === undefined) throw new RangeError(`no vehicle is ${state}`);
  return {
    state: known,
    wreck: wreckOf(known, events),
    incidents: events.filter(({ kind }) => kind === 'incident').length,
    offRoad: events.filter((event) => hasFlag(event, offRoadFlags)).length,
  };
}

/** Only another expert's word clears a wreck: one that was scrapped, say, is a wreck still. */
function wreckOf(
  state: VehicleState,
  events: readonly VehicleEvent[],
): CertifiedParts['life']['wreck'] {
  if (state === 'wreck') return 'wreck';
  if (state === 'wreck-repaired') return 'repaired';
  const inOrder = [...events].sort(inLedgerOrder);
  const declared = inOrder.findLastIndex(({ kind }) => kind === 'wreck-declared');
  if (declared === -1) return 'never';
  return inOrder.slice(declared).some(({ kind }) => kind === 'wreck-lifted') ? 'cleared' : 'wreck';
}

function qualityOf(events: readonly VehicleEvent[]): CertifiedParts['quality'] {
  const indices = events
    .flatMap(({ quality }) => (quality === null ? [] : [quality]))
    .sort((a, b) => a - b);
  const median = indices[Math.floor((indices.length - 1) / 2)];
  if (median === undefined) return { band: 'none', median: null };
  const { high, good, fair } = qualityBands;
  const band = median >= high ? 'high' : median >= good ? 'good' : median >= fair ? 'fair' : 'low';
  return { band, median };
}

function basisOf(events: readonly VehicleEvent[]): CertifiedParts['basis'] {
  const byMethod: Record<string, number> = {};
  const sources = new Set<string>();
  for (const { detail, place } of events) {
    const method = String(detail['method']);
    byMethod[method] = (byMethod[method] ?? 0) + 1;
    if (place !== null) sources.add(place.source);
  }
  const members = new Set([...sources].map((source) => source.slice(0, source.indexOf('/'))));
  return { events: byMethod, sources: sources.size, members: members.size };
}

function hasFlag({ detail }: VehicleEvent, wanted: readonly string[]): boolean {
  const { flags } = detail;
  return Array.isArray(flags) && flags.some((flag) => wanted.includes(String(flag)));
}

function inChainOrder(a: VehicleEvent, b: VehicleEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return inLedgerOrder(a, b);
}

function inLedgerOrder(a: VehicleEvent, b: VehicleEvent): number {
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}

function greatest(texts: readonly string[]): string | null {
  return texts.reduce<string | null>(
    (best, text) => (best === null || text > best ? text : best),
    null,
  );
}
