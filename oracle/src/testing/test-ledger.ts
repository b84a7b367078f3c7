import { headerHash } from '../blocks/header-hash.ts';
import { TestChain, type TestTransaction } from './test-chain.ts';

/** An event of a test; what is left out is something plain. */
export type TestEvent = {
  readonly kind: string;
  readonly at: string;
  readonly id?: string;
  readonly method?: string;
  readonly odometerKm?: number;
  readonly formerOdometerKm?: number;
  readonly quality?: number;
  readonly flags?: readonly string[];
  readonly state?: string;
  readonly generated?: true;
  /** In the clear, all of one class. */
  readonly fields?: Readonly<Record<string, number | string>>;
  readonly sealed?: Readonly<Record<string, string>>;
  readonly voids?: { readonly entry: number; readonly index: number; readonly source?: string };
};

/** Fields of a class in the clear: the byte 0, then JSON. */
export function clear(fields: unknown): string {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
  return Buffer.concat([Buffer.of(0), Buffer.from(text)]).toString('base64url');
}

type Write = NonNullable<TestTransaction['writes']>[number];

export { type NamedKey, sealTo, testKey, type TestSeal, wrapTo } from './test-keys.ts';

/** Writes what the chaincode would, without its checks. It counts entries by itself. */
export class TestLedger {
  readonly chain = new TestChain();
  /** `fabric:` and a hash of the first block, once there is one. */
  get name(): string {
    const header = this.chain.blocks[0]?.getHeader();
    if (header === undefined) throw new Error('it has no block yet');
    return `fabric:${headerHash(header).slice(0, 32)}`;
  }

  readonly #entries = new Map<string, number>();

  /** A source, by its id `<MSP id>/<name>`. */
  source(source: string, kind: string): Write {
    return [['source', ...source.split('/')], { source, kind, status: 'active' }];
  }

  /** A registration with papers in the clear. */
  vehicle(vid: string, papers?: unknown, more: object = {}): Write {
    const sealed = papers === undefined ? {} : { sealed: { ownership: clear(papers) } };
    const value = {
      vid,
      day: '2020-01-01',
      registeredBy: 'MakerMSP',
      registeredAt: '2026-01-01T00:00:00.000Z',
      ticket: 'ticket',
      ...sealed,
      ...more,
    };
    return [['vehicle', vid], value];
  }

  /** A change of the owner; null is nobody. */
  owner(vid: string, ownerEpoch: number, since: string, keyId: string | null = 'key'): Write {
    return [['ownership', vid, counter(ownerEpoch)], { keyId, ownerEpoch, since }];
  }

  /** Keys that an owner publishes. */
  keys(vid: string, publication: number, ownerEpoch: number, keys: readonly object[]): Write {
    const value = { vid, keys: keys.map((key) => ({ vid, ownerEpoch, ...key })) };
    return [['sealing-keys', vid, counter(publication)], value];
  }

  /** A grant as it is now; what is left out is a plain one to the market. */
  grant(vid: string, ownerEpoch: number, grantId: string, more: object = {}): Write {
    const value = {
      grantId,
      vid,
      owner: 'key',
      ownerEpoch,
      grantee: { mspId: 'MarketMSP' },
      classes: ['usage'],
      fields: [],
      purpose: 'market',
      legalBasis: 'consent',
      notBefore: '2026-01-01T00:00:00.000Z',
      expiresAt: '2027-01-01T00:00:00.000Z',
      includesPast: false,
      queriesMax: null,
      document: null,
      revokedAt: null,
      retracts: false,
      wraps: [],
      ...more,
    };
    return [['grant', vid, counter(ownerEpoch), grantId], value];
  }

  /** That an owner epoch was erased. */
  erasure(vid: string, ownerEpoch: number, erasedAt: string): Write {
    return [['erasure', vid, counter(ownerEpoch)], { vid, ownerEpoch, erasedAt }];
  }

  /** The next entry of a source in a vehicle's log book. */
  entry(vid: string, source: string, ...events: readonly TestEvent[]): Write {
    const name = `${vid} ${source}`;
    const entry = (this.#entries.get(name) ?? 0) + 1;
    this.#entries.set(name, entry);
    const value = {
      v: 1,
      vid,
      source,
      entry,
      recordedAt: '2026-01-02T03:04:05.678Z',
      rules: 1,
      events: events.map((event, index) => valueOf(event, source, `${entry}-${index}`)),
    };
    return [['log', vid, source, counter(entry)], value];
  }

  /** Adds a block of one valid transaction. */
  add(time: string | number, ...writes: readonly Write[]): void {
    this.chain.add({ time, writes });
  }
}

function counter(value: number): string {
  return String(value).padStart(8, '0');
}

function valueOf(event: TestEvent, source: string, name: string): object {
  const { quality = 500, fields, sealed, voids, ...plain } = event;
  const byClass = { ...(fields === undefined ? {} : { usage: clear(fields) }), ...sealed };
  const why = { source, reason: 'mistaken' };
  return {
    id: `event-${name}`,
    method: 'professional',
    flags: [],
    quality: { index: quality, source: 600, method: 700, plausibility: 1000, timeliness: 900 },
    ...plain,
    ...(Object.keys(byClass).length === 0 ? {} : { sealed: byClass }),
    ...(voids === undefined ? {} : { voids: { ...why, ...voids } }),
  };
}
