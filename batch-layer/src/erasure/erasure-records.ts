import {
  type ErasureHolder,
  erasureHolder,
  erasurePart,
  type Instant,
  type KeyId,
  instant,
  instantOf,
  isTextAt,
  keyId,
  type LineColumns,
  mspId,
  parse,
  parseJson,
  rowAt,
  vid,
  type Vid,
} from '@passport/model';
import { z } from 'zod';

import type { ObjectStore } from '../object-store/object-store.ts';
import { isObjectExists } from '../object-store/object-store-error.ts';
import { putOnce } from '../object-store/put-once.ts';

const SAID = 'erasures/said/';
const PENDING = 'erasures/pending/';
const STEPS = 'erasures/steps/';
const CERTIFICATES = 'erasures/certificates/';

const erasure = z.strictObject({
  vid,
  ownerEpoch: z.int().min(1),
  /** The transaction that said so, and its time. */
  block: z.int().nonnegative(),
  tx: z.int().nonnegative(),
  at: instant,
});

/** What an owner had erased: what was theirs of a vehicle, in an owner epoch. */
export type Erasure = z.output<typeof erasure>;

const count = z.int().nonnegative();

/** Versions of tables, by name. */
const tables = z.record(z.string(), count);

/** What each step of an erasure leaves behind, in their order. */
const steps = {
  /** What there is to do in the table of lines; before anything is done. */
  found: z.strictObject({
    at: instant,
    linesLeftOut: count,
    linesChanged: count,
    /** Keys of readers, the market's among them, that only grants of the erased time were sealed to. */
    readerKeys: z.array(keyId),
    /** Who holds a part of it, besides sources: they remember nothing of an owner. */
    holders: z.array(erasureHolder),
  }),
  /** From these versions on no table has anything of it; readers of newer watermarks read none before. */
  rewritten: z.strictObject({
    at: instant,
    block: count,
    edition: count,
    tables,
    /** Of each partition of the log: the record that has the block. */
    positions: z.array(z.string()),
  }),
  /** The versions before are gone, with their files. */
  destroyed: z.strictObject({ at: instant, dataFiles: count, logFiles: count }),
  /** State of recent blocks, and records of the log, are gone up to this block. */
  trimmed: z.strictObject({ at: instant, block: count }),
  /** What waited to be released has met what takes it back, and versions of before are gone. */
  settled: z.strictObject({ at: instant, block: count, version: count }),
} as const;

/** Names of the steps. */
export type ErasureStep = keyof typeof steps;

const allSteps = z.strictObject(steps).partial();

const erasureSteps = Object.keys(steps) as ErasureStep[];

/** What a step left behind. */
export type StepRecord<Step extends ErasureStep> = z.output<(typeof steps)[Step]>;

/** All steps of an erasure so far. */
export type ErasureSteps = z.output<typeof allSteps>;

const certificate = z.strictObject({ part: erasurePart, mspId, jws: z.string().min(1) });

/** The word of a member on what it destroyed. */
export type ErasureCertificate = z.output<typeof certificate>;

/** The kind of line that tells of one. */
const ERASED = Buffer.from('erased');

/** The erasures that lines of log books tell of, from a place on. */
export function erasuresIn(lines: LineColumns, from: number): Erasure[] {
  const found: Erasure[] = [];
  for (let line = from; line < lines.count; line += 1) {
    if (!isTextAt(lines.kind, line, ERASED)) continue;
    const { vid, block, tx, recordedAtMs, detail } = rowAt(lines, line);
    const { ownerEpoch } = JSON.parse(detail) as { ownerEpoch?: unknown };
    found.push(parse(erasure, { vid, ownerEpoch, block, tx, at: instantOf(recordedAtMs) }));
  }
  return found;
}

/** How an erasure is called. */
function nameOf({ vid: of, ownerEpoch }: Pick<Erasure, 'vid' | 'ownerEpoch'>): string {
  return `${of}-${ownerEpoch}`;
}

/**
 * Erasures as objects. One is pending until its certificate is there; what a step left behind is written
 * once, so that whoever repeats the step finds what the first one had found.
 */
export class ErasureRecords {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Has erasures done. Again is allowed. */
  async begin(erasures: readonly Erasure[]): Promise<void> {
    for (const each of erasures) {
      // In this order: what is said, and not pending, is over.
      await putOnce(this.#store, `${PENDING}${nameOf(each)}.json`, bytesOf(each));
      await putOnce(this.#store, `${SAID}${nameOf(each)}.json`, bytesOf(each));
    }
  }

  /** Those that are not done, the earliest first. */
  async pending(): Promise<Erasure[]> {
    const read = await this.#readAll(PENDING, erasure);
    return read.sort((a, b) => a.block - b.block || a.tx - b.tx);
  }

  async steps(of: Erasure): Promise<ErasureSteps> {
    const found: { [Step in ErasureStep]?: unknown } = {};
    for (const step of erasureSteps) {
      const bytes = await this.#store.get(stepKey(of, step));
      if (bytes !== undefined) found[step] = JSON.parse(textOf(bytes));
    }
    return parse(allSteps, found);
  }

  /** Notes a step. What a run before noted of it stands. */
  async note<Step extends ErasureStep>(
    of: Erasure,
    step: Step,
    record: StepRecord<Step>,
  ): Promise<void> {
    try {
      await this.#store.put(stepKey(of, step), bytesOf(record), { ifAbsent: true });
    } catch (error) {
      if (!isObjectExists(error)) throw error;
    }
  }

  /** Ends the market's part of an erasure. */
  async finish(of: Erasure, signed: ErasureCertificate): Promise<void> {
    // A run that died here had signed it: a signature is another one each time, and the first one stands.
    await this.certify(of, signed);
    await this.#store.delete([`${PENDING}${nameOf(of)}.json`]);
  }

  /** Puts a member's word beside the others. The first one of a member about its part stands. */
  async certify(
    of: Pick<Erasure, 'vid' | 'ownerEpoch'>,
    signed: ErasureCertificate,
  ): Promise<void> {
    const key = `${CERTIFICATES}${nameOf(of)}/${signed.part}/${signed.mspId}.json`;
    try {
      await this.#store.put(key, bytesOf(signed), { ifAbsent: true });
    } catch (error) {
      if (!isObjectExists(error)) throw error;
    }
  }

  /** A vehicle's erasures by owner epoch, and who has certified their part. */
  async ofVehicle(of: Vid): Promise<VehicleErasure[]> {
    // In this order: one that is said meanwhile would not be pending.
    const all = await this.#readAll(`${SAID}${of}-`, erasure);
    const unfinished = await this.#readAll(`${PENDING}${of}-`, erasure);
    const pending = new Set(unfinished.map(({ ownerEpoch }) => ownerEpoch));
    const found: VehicleErasure[] = [];
    for (const said of all) {
      const { ownerEpoch, block, tx, at } = said;
      const steps = await this.steps(said);
      found.push({
        ownerEpoch,
        saidIn: { block, tx, at },
        isPending: pending.has(ownerEpoch),
        holders: steps.found?.holders ?? null,
        readerKeys: steps.found?.readerKeys ?? [],
        certificates: await this.#readAll(`${CERTIFICATES}${nameOf(said)}/`, certificate),
      });
    }
    return found.sort((a, b) => a.ownerEpoch - b.ownerEpoch);
  }

  async #readAll<T>(prefix: string, schema: z.ZodType<T>): Promise<T[]> {
    const read: T[] = [];
    for (const { key } of await this.#store.list(prefix)) {
      const bytes = await this.#store.get(key);
      // What has gone since it was listed is done.
      if (bytes !== undefined) read.push(parseJson(schema, textOf(bytes)));
    }
    return read;
  }
}

/** How far the erasure of an owner epoch is. */
export type VehicleErasure = {
  readonly ownerEpoch: number;
  /** The transaction in which the owner said so, and its time. */
  readonly saidIn: { readonly block: number; readonly tx: number; readonly at: Instant };
  /** Whether something of it is still to be destroyed at the market's operator. */
  readonly isPending: boolean;
  /** Who holds a part of it; null until the operator has looked. */
  readonly holders: readonly ErasureHolder[] | null;
  /** Keys of readers that only grants of erased times were sealed to. */
  readonly readerKeys: readonly KeyId[];
  readonly certificates: readonly ErasureCertificate[];
};

function stepKey(of: Erasure, step: string): string {
  return `${STEPS}${nameOf(of)}/${step}.json`;
}

function bytesOf(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
