import { TestLedger } from '@passport/oracle/testing';

import {
  type Acts,
  type RandomEvent,
  sourceKinds,
  sources,
  vids,
  voidable,
} from './random-acts.ts';
import { RandomConsents } from './random-consents.ts';

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
