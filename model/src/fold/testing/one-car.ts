import type { Grant } from '../../contracts/consent.ts';
import type { EventPlace, LogBookEntry, RecordedEvent } from '../../events/event.ts';
import type { KeyScope } from '../../events/key-scopes.ts';
import type { Sealed, SealedField } from '../../events/sealed.ts';
import { readCellName } from '../../facts/fact.ts';
import { type KeyId, parseMspId, parseSourceId } from '../../identifiers/names.ts';
import { vidOfBytes } from '../../identifiers/vid.ts';
import type { Fields } from '../../signals/signals.ts';
import { parseDay } from '../../time/day.ts';
import { instantOf } from '../../time/instant.ts';
import { CellNames } from '../cell-names.ts';
import { foldErasure, foldGrant, foldOwnership, foldRegistration } from '../fold-consent.ts';
import type { FoldContext } from '../fold-context.ts';
import { foldEntry } from '../fold-entry.ts';
import type { MarketReader } from '../market-reader.ts';
import { memoryOfMaps } from '../memory-of-maps.ts';

const START_MS = Date.parse('2026-01-27T12:00:00.000Z');
const HOUR_MS = 3_600_000;

/** The market of {@link OneCar}. */
const market = parseMspId('MarketMSP');
const maker = parseMspId('MakerMSP');
/** The source that writes. */
export const source = parseSourceId('MakerMSP/fleet');

/** Opens whatever is sealed by {@link sealedAs} with a grant that has keys. */
const reader: MarketReader = {
  mspId: market,
  open: ({ sealed }, { wraps }) =>
    wraps.length === 0
      ? undefined
      : (JSON.parse(Buffer.from(sealed.slice(1), 'base64url').toString()) as Fields),
};

/** Fields of a scope as they are sealed here: nobody but the market of this test can read them, and it easily. */
export function sealedAs(scope: KeyScope, fields: Fields): Sealed {
  // What begins with an x is in no suite that is clear.
  const text = `x${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return { [scope]: text as SealedField };
}

/** One vehicle, what is folded of it, and the sums of its facts. Each step is a block, and an hour. */
export class OneCar {
  readonly vid = vidOfBytes(Buffer.alloc(16, 7));
  readonly memory = memoryOfMaps();
  readonly #names = new CellNames();
  readonly #sums = new Map<string, Map<string, number>>();
  #block = 0;
  #entries = 0;

  /** The ledger's time now. */
  get nowMs(): number {
    return START_MS + this.#block * HOUR_MS;
  }

  /** Registered, and owned by somebody. */
  register(owner: string, papers: Sealed = {}): this {
    const { vid } = this;
    foldRegistration(
      {
        ...{ vid, registeredBy: maker, registeredAt: instantOf(this.nowMs), ticket: 't' },
        ...{ day: parseDay('2015-01-01'), sealed: papers },
      },
      this.#context(),
    );
    return this.own(owner, 1);
  }

  own(owner: string, ownerEpoch: number): this {
    foldOwnership(this.vid, { keyId: owner as KeyId, ownerEpoch }, this.#context());
    return this;
  }

  /** Records an event; answers where it is. */
  record(kind: RecordedEvent['kind'], more: Partial<RecordedEvent> = {}): EventPlace {
    const entry = (this.#entries += 1);
    const event: RecordedEvent = {
      ...{ id: `event-${entry}` as RecordedEvent['id'], kind, at: parseDay('2026-01-27') },
      ...{ method: 'connected-car', flags: [] },
      quality: { index: 500, source: 500, method: 500, plausibility: 500, timeliness: 500 },
      ...more,
    };
    const { vid } = this;
    const recordedAt = instantOf(this.nowMs);
    const written: LogBookEntry = {
      ...{ v: 1, vid, source, entry, recordedAt, rules: 1, events: [event] },
    };
    foldEntry(written, this.#context());
    return { source, entry, index: 0 };
  }

  /** Grants the market scopes for a day, or changes a grant. */
  grant(grantId: string, more: Partial<Grant> = {}): this {
    foldGrant(
      {
        ...{
          grantId,
          vid: this.vid,
          owner: 'a' as KeyId,
          ownerEpoch: 1,
          grantee: { mspId: market },
        },
        ...{ classes: ['usage'], fields: [], purpose: 'market', legalBasis: 'consent' },
        ...{
          includesPast: false,
          queriesMax: null,
          document: null,
          revokedAt: null,
          retracts: false,
        },
        notBefore: instantOf(START_MS),
        expiresAt: instantOf(START_MS + 24 * HOUR_MS),
        wraps: [{ readerKey: `reader-of-${grantId}` as KeyId, keys: 'keys' }],
        ...more,
      },
      this.#context(),
    );
    return this;
  }

  /** Ends a grant, which is told whole. */
  revoke(grantId: string, more: Partial<Grant> = {}): this {
    return this.grant(grantId, { revokedAt: instantOf(this.nowMs), ...more });
  }

  /** Answers the reader keys that go. */
  erase(ownerEpoch: number): KeyId[] {
    return foldErasure(
      { vid: this.vid, ownerEpoch, erasedAt: instantOf(this.nowMs) },
      this.#context(),
    );
  }

  /** A measure of all cells of a view together, or of those with a value among their dimensions. */
  sum(view: string, measure: string, value?: string): number {
    let sum = 0;
    for (const [cell, measures] of this.#sums) {
      const read = readCellName(cell);
      const isIn = value === undefined || read.dimensions.includes(value);
      if (read.view === view && isIn) sum += measures.get(measure) ?? 0;
    }
    return sum;
  }

  #context(): FoldContext {
    this.#block += 1;
    return {
      ...{ memory: this.memory, reader, ledgerTimeMs: this.nowMs },
      address: { block: this.#block, tx: 0, index: 0 },
      sink: {
        names: this.#names,
        emit: (cell, key, by) => {
          const sums = this.#sums.get(cell.text) ?? new Map<string, number>();
          this.#sums.set(cell.text, sums.set(key.text, (sums.get(key.text) ?? 0) + by));
        },
      },
    };
  }
}
