import { CELL_SEPARATOR, cellName, referenceKey } from '../facts/fact.ts';
import { FactName } from '../facts/fact-name.ts';
import { bucketStart, windows } from '../views/windows.ts';
import type { Contributing, VehicleTraits } from './ledger-event.ts';

/** What tells readings apart by the step that leads to them. */
export type StepName = 'none' | 'forward' | 'back';

type StepCells = Readonly<Record<StepName, FactName>>;
type Names = Map<string, FactName>;
type OtherView = 'usage' | 'interventions' | 'incidents';

/** Names of the cells that events of one day, kind of source and sort of vehicle count in. */
export class DayCells {
  /** In the view `mileage`, but for the last dimension. */
  readonly mileage: string;
  readonly #shared: readonly string[];
  readonly #events = new Map<string, Names>();
  readonly #others: { [view in OtherView]?: Names } = {};

  constructor(shared: readonly string[]) {
    this.#shared = shared;
    this.mileage = cellName('mileage', shared);
  }

  /** The name in the view of events. */
  events(kind: string, told: string): FactName {
    let names = this.#events.get(kind);
    if (names === undefined) {
      names = new Map();
      this.#events.set(kind, names);
    }
    let name = names.get(told);
    if (name === undefined) {
      name = new FactName(cellName('events', [...this.#shared, kind, told]));
      names.set(told, name);
    }
    return name;
  }

  /** The name in a view that has one dimension more. */
  with(view: OtherView, value: string): FactName {
    const names = (this.#others[view] ??= new Map());
    let name = names.get(value);
    if (name === undefined) {
      name = new FactName(cellName(view, [...this.#shared, value]));
      names.set(value, name);
    }
    return name;
  }
}

/** The cell of each window that an event counts in, by the ledger's time at its block. */
export function activityCells(kind: string, sourceKind: string, ledgerTimeMs: number): FactName[] {
  return windows.map((window) => {
    const bucket = bucketStart(window, ledgerTimeMs);
    return new FactName(cellName('activity', [window.name, bucket, kind, sourceKind]));
  });
}

/** Names are kept for so many days and sorts of vehicle, of a kilobyte each: events come mostly of a few days. */
const DAYS_MAX = 8_000;

/** Steps are kept of so many cells. */
const STEPS_MAX = 8_000;

/** Contributors whose key is kept. */
const CONTRIBUTORS_MAX = 8_000;

/** An event's part in a cell: who it refers to there. */
export type References = { readonly vehicle: FactName; readonly contributor: FactName };

/**
 * Spells the names of cells and keys, each once: most events of a batch count in cells that others of it count
 * in as well, and a text that is there already is found faster than one that is made anew. What the event before
 * asked for is at hand, since the events of an entry have most of it in common.
 */
export class CellNames {
  readonly #daysMax: number;
  readonly #stepsMax: number;
  readonly #days = new Map<VehicleTraits, Map<string, DayCells>>();
  readonly #activity = new Map<string, Map<string, readonly FactName[]>>();
  #latestActivity: { kind: string; sourceKind: string; cells: readonly FactName[] } | undefined;
  readonly #steps = new Map<string, StepCells>();
  #latestStep: { mileage: string; cells: StepCells } | undefined;
  #activityMs = Number.NaN;
  #size = 0;
  #latestDay:
    | (Pick<Contributing, 'traits' | 'at' | 'sourceKind'> & { cells: DayCells })
    | undefined;
  readonly #contributors = new Map<string, FactName>();
  #latestReferences: (References & { vid: string; source: string }) | undefined;

  /** One of so many, that together keep what one would by itself. */
  constructor(of = 1) {
    this.#daysMax = DAYS_MAX / of;
    this.#stepsMax = STEPS_MAX / of;
  }

  of({ traits, at, sourceKind }: Contributing): DayCells {
    const latest = this.#latestDay;
    const isIt = latest?.traits === traits && latest.at === at && latest.sourceKind === sourceKind;
    if (isIt) return latest.cells;
    let days = this.#days.get(traits);
    if (days === undefined) {
      days = new Map();
      this.#days.set(traits, days);
    }
    const key = at + sourceKind;
    let cells = days.get(key);
    if (cells === undefined) {
      const { brand, model, energy, region } = traits;
      cells = new DayCells([at, brand, model, energy, region, sourceKind]);
      this.#makeRoom();
      days.set(key, cells);
    }
    this.#latestDay = { traits, at, sourceKind, cells };
    return cells;
  }

  /** The cell in each window; they are those of one ledger time. */
  activity(kind: string, sourceKind: string, ledgerTimeMs: number): readonly FactName[] {
    if (ledgerTimeMs !== this.#activityMs) {
      this.#activity.clear();
      this.#latestActivity = undefined;
      this.#activityMs = ledgerTimeMs;
    }
    const latest = this.#latestActivity;
    if (latest?.kind === kind && latest.sourceKind === sourceKind) return latest.cells;
    let ofKind = this.#activity.get(kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#activity.set(kind, ofKind);
    }
    let cells = ofKind.get(sourceKind);
    if (cells === undefined) {
      cells = activityCells(kind, sourceKind, ledgerTimeMs);
      ofKind.set(sourceKind, cells);
    }
    this.#latestActivity = { kind, sourceKind, cells };
    return cells;
  }

  /** The whole name of a cell of `mileage`: with its step. */
  step(mileage: string, step: StepName): FactName {
    const latest = this.#latestStep;
    if (latest?.mileage === mileage) return latest.cells[step];
    let cells = this.#steps.get(mileage);
    if (cells === undefined) {
      const named = (last: StepName): FactName => new FactName(mileage + CELL_SEPARATOR + last);
      cells = { none: named('none'), forward: named('forward'), back: named('back') };
      if (this.#steps.size >= this.#stepsMax) this.#steps.clear();
      this.#steps.set(mileage, cells);
    }
    this.#latestStep = { mileage, cells };
    return cells[step];
  }

  /** The keys that refer to a vehicle and to a source. */
  references(vid: string, source: string): References {
    const latest = this.#latestReferences;
    if (latest?.vid === vid && latest.source === source) return latest;
    const vehicle = new FactName(referenceKey('vehicle', vid));
    const made = { vid, source, vehicle, contributor: this.#contributor(source) };
    this.#latestReferences = made;
    return made;
  }

  #contributor(source: string): FactName {
    let name = this.#contributors.get(source);
    if (name === undefined) {
      name = new FactName(referenceKey('contributor', source));
      if (this.#contributors.size >= CONTRIBUTORS_MAX) this.#contributors.clear();
      this.#contributors.set(source, name);
    }
    return name;
  }

  #makeRoom(): void {
    this.#size += 1;
    if (this.#size <= this.#daysMax) return;
    this.#days.clear();
    this.#size = 1;
  }
}
