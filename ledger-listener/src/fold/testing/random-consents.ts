import {
  type NamedKey,
  sealTo,
  type TestEvent,
  type TestLedger,
  wrapTo,
} from '@passport/oracle/testing';

import type { ConsentAct, RandomEvent } from './random-acts.ts';

type Write = ReturnType<TestLedger['source']>;
type Act<Do extends ConsentAct['do']> = Extract<ConsentAct, { readonly do: Do }>;

/** A grant as it was written last. */
type Granted = {
  readonly vid: string;
  readonly ownerEpoch: number;
  readonly id: string;
  readonly reader: string;
  value: Readonly<Record<string, unknown>> & { readonly wraps: readonly object[] };
  isOver: boolean;
};

const scopes = [
  ...['usage', 'location', 'driving', 'energy', 'maintenance', 'ownership'],
  ...['Passport.Incident.Severity', 'Vehicle.TripMeterReading'],
];

/** Owners, keys and grants of a random ledger, as far as the chaincode would let them be. */
export class RandomConsents {
  /** The reader keys that the market has. */
  readonly readers: { readonly vid: string; readonly name: string }[] = [];
  readonly #ledger: TestLedger;
  readonly #owners = new Map<string, { epoch: number; isNobody: boolean; erased: Set<number> }>();
  /** Epoch of the sealing keys of a vehicle's scopes. */
  readonly #epochs = new Map<string, number>();
  readonly #grants: Granted[] = [];
  #count = 0;
  /** Vehicles that this transaction has changed: it changes each once. */
  #touched = new Set<string>();

  constructor(ledger: TestLedger) {
    this.#ledger = ledger;
  }

  /** A transaction begins. */
  begin(): void {
    this.#touched = new Set();
  }

  /** The event as it is recorded, its secrets sealed. */
  sealed(vid: string, source: string, id: string, event: RandomEvent): TestEvent {
    const { secret = {}, flaw, sealed, ...plain } = event;
    const made = Object.entries(secret).map(([scope, fields]) => {
      const named = flaw === 'event' ? `${id}-other` : id;
      const text = this.seal(vid, scope, fields, { event: named, contributor: source });
      return [scope, spoilt(text, flaw)] as const;
    });
    // Clear classes stand between sealed ones: the last one of a signal counts.
    const [first, ...rest] = made;
    const all = [...(first === undefined ? [] : [first]), ...Object.entries(sealed ?? {}), ...rest];
    return { ...plain, id, ...(all.length === 0 ? {} : { sealed: Object.fromEntries(all) }) };
  }

  /** Seals fields to the newest key of a scope. */
  seal(
    vid: string,
    scope: string,
    fields: object | string,
    of: { readonly event: string; readonly contributor: string },
  ): string {
    const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
    const epoch = this.#epochOf(vid);
    const seal = { ledger: this.#ledger.name, vid, scope, epoch, ...of };
    return sealTo(keyName(vid, scope, epoch), text, seal);
  }

  /** What an act writes; nothing where the chaincode would refuse it. */
  act(act: ConsentAct, vids: readonly string[], timeMs: number): Write[] {
    const vid = 'vehicle' in act ? pickOf(vids, act.vehicle) : this.#grantOf(act.pick)?.vid;
    if (vid === undefined || this.#touched.has(vid)) return [];
    this.#touched.add(vid);
    const now = new Date(timeMs).toISOString();
    switch (act.do) {
      case 'own':
        return this.own(vid, timeMs);
      case 'roll':
        return this.#roll(vid, now);
      case 'grant':
        return this.#grant(act, vid, timeMs);
      case 'add':
        return this.#add(act);
      case 'revoke':
        return this.#revoke(act, now);
      case 'erase':
        return this.#erase(act, vid, now);
    }
  }

  /** The vehicle's next owner. */
  own(vid: string, timeMs: number): Write[] {
    const now = new Date(timeMs).toISOString();
    const owner = this.#ownerOf(vid);
    owner.epoch += 1;
    owner.isNobody = false;
    for (const grant of this.#grants) if (grant.vid === vid) grant.isOver = true;
    this.#epochs.set(vid, this.#epochOf(vid) + 1);
    return [this.#ledger.owner(vid, owner.epoch, now, `key ${vid} ${owner.epoch}`)];
  }

  #roll(vid: string, now: string): Write[] {
    const { epoch: ownerEpoch } = this.#ownerOf(vid);
    const epoch = this.#epochOf(vid) + 1;
    this.#epochs.set(vid, epoch);
    const keys = scopes.map((scope) => ({ scope, epoch, suite: 1, key: {}, from: now }));
    return [this.#ledger.keys(vid, epoch, ownerEpoch, keys)];
  }

  #grant(act: Act<'grant'>, vid: string, timeMs: number): Write[] {
    // Where there is none, an owner comes with the grant.
    const owner = this.#ownerOf(vid).isNobody ? this.own(vid, timeMs) : [];
    const { epoch: ownerEpoch } = this.#ownerOf(vid);
    this.#count += 1;
    const id = `grant-${this.#count}`;
    // A key that two owners use reads for the first of them, and is destroyed with what that one left.
    const reader = act.reader === 'shared' ? `reader ${vid}` : `reader ${vid} ${id}`;
    // One that is for another vehicle reads nothing of this one.
    const of = act.reader === 'foreign' ? 'another vehicle' : vid;
    if (act.reader !== 'missing') this.readers.push({ vid: of, name: reader });
    const grant: Granted = { vid, ownerEpoch, id, reader, value: { wraps: [] }, isOver: false };
    const beginsMs = timeMs + act.begins;
    grant.value = {
      ...act.scopes,
      owner: `key ${vid} ${ownerEpoch}`,
      includesPast: act.includesPast,
      notBefore: new Date(beginsMs).toISOString(),
      expiresAt: new Date(beginsMs + act.lasts).toISOString(),
      ...(act.to === 'other' ? { grantee: { mspId: 'OtherMSP' } } : {}),
      ...(act.to === 'research' ? { purpose: 'research' } : {}),
      wraps: [this.#wrap(grant, act.wrapped)],
    };
    this.#grants.push(grant);
    return [...owner, this.#ledger.grant(vid, ownerEpoch, id, grant.value)];
  }

  #add({ pick, wrapped }: Act<'add'>): Write[] {
    const grant = this.#grantOf(pick);
    if (grant === undefined) return [];
    const wraps = [...grant.value.wraps, this.#wrap(grant, wrapped)];
    grant.value = { ...grant.value, wraps };
    return [this.#ledger.grant(grant.vid, grant.ownerEpoch, grant.id, grant.value)];
  }

  #revoke({ pick, retracts }: Act<'revoke'>, now: string): Write[] {
    const grant = this.#grantOf(pick);
    if (grant === undefined) return [];
    grant.isOver = true;
    grant.value = { ...grant.value, revokedAt: now, retracts };
    return [this.#ledger.grant(grant.vid, grant.ownerEpoch, grant.id, grant.value)];
  }

  #erase({ epoch: pick }: Act<'erase'>, vid: string, now: string): Write[] {
    const owner = this.#ownerOf(vid);
    if (owner.epoch === 0) return [];
    const epoch = (pick % owner.epoch) + 1;
    if (owner.erased.has(epoch) || (epoch === owner.epoch && owner.isNobody)) return [];
    owner.erased.add(epoch);
    for (const grant of this.#grants) {
      if (grant.vid === vid && grant.ownerEpoch === epoch) grant.isOver = true;
    }
    const writes = [
      this.#ledger.owner(vid, epoch, now, null),
      this.#ledger.erasure(vid, epoch, now),
    ];
    if (epoch !== owner.epoch) return writes;
    owner.epoch += 1;
    owner.isNobody = true;
    return [...writes, this.#ledger.owner(vid, owner.epoch, now, null)];
  }

  #wrap({ vid, ownerEpoch, id, reader }: Granted, bits: number): object {
    const keys = scopes.flatMap((scope): NamedKey[] => {
      const all = Array.from({ length: this.#epochOf(vid) }, (_, index) => index + 1);
      return all
        .filter((epoch) => bits === 255 || ((bits >> (epoch % 4)) & 1) === 1)
        .map((epoch) => ({ scope, epoch, name: keyName(vid, scope, epoch) }));
    });
    // Here and there an owner names a wrong key.
    const wrong = bits === 3 ? keys.map((key) => ({ ...key, name: `wrong ${key.name}` })) : [];
    return wrapTo(reader, [...wrong, ...keys], { ledger: this.#ledger.name, vid, ownerEpoch, id });
  }

  #ownerOf(vid: string) {
    const known = this.#owners.get(vid) ?? { epoch: 0, isNobody: true, erased: new Set<number>() };
    this.#owners.set(vid, known);
    return known;
  }

  #epochOf(vid: string): number {
    return this.#epochs.get(vid) ?? 1;
  }

  /** One of the grants that stand. */
  #grantOf(pick: number): Granted | undefined {
    const all = this.#grants.filter(({ isOver }) => !isOver);
    return all[pick % Math.max(1, all.length)];
  }
}

function keyName(vid: string, scope: string, epoch: number): string {
  return `${vid} ${scope} ${epoch}`;
}

function pickOf(vids: readonly string[], pick: number): string | undefined {
  return vids[pick % vids.length];
}

/** The envelope with something wrong in it. */
function spoilt(text: string, flaw: RandomEvent['flaw']): string {
  const bytes = Buffer.from(text, 'base64url');
  if (flaw === 'suite') bytes[0] = 7;
  if (flaw === 'epoch') bytes.writeUInt32BE(bytes.readUInt32BE(2) + 1, 2);
  return bytes.subarray(0, flaw === 'short' ? 100 : undefined).toString('base64url');
}
