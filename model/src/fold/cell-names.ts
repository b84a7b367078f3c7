import type { EventKind } from '../events/kinds.ts';
import { CELL_SEPARATOR, cellName, referenceKey } from '../facts/fact.ts';
import { FactName, nameIn } from '../facts/fact-name.ts';
import { TOLD_NONE } from '../views/told.ts';
import { bucketStart, windows } from '../views/windows.ts';
import type { Contributing, VehicleTraits } from './ledger-event.ts';

/** What tells readings apart by the step that leads to them. */
export type StepName = 'none' | 'forward' | 'back';

type StepCells = Readonly<Record<StepName, FactName>>;
type Names = Map<string, FactName>;
type OtherView = 'interventions' | 'incidents';

/** The cells that trips which tell the same count in. */
type TripCells = { readonly events: FactName; readonly usage: FactName };

/** Names of the cells that events of one day, kind of source and sort of vehicle count in. */
export class DayCells {
  /** In the view `mileage`, but for the last dimension. */
  readonly mileage: string;
  readonly #shared: readonly string[];
  readonly #events: Names = new Map();
  readonly #trips = new Map<string, TripCells>();
  readonly #others: { [view in OtherView]?: Names } = {};

  constructor(shared: readonly string[]) {
    this.#shared = shared;
    this.mileage = cellName('mileage', shared);
  }

  /** Whether they are those of a day and a kind of source. */
  isOf(at: string, sourceKind: string): boolean {
    return this.#shared[0] === at && this.#shared.at(-1) === sourceKind;
  }

  /** The name in the view of events, of such that are no trips. */
  events(kind: Exclude<EventKind, 'trip'>): FactName {
    return nameIn(this.#events, kind, () => cellName('events', [...this.#shared, kind, TOLD_NONE]));
  }

  /** The names in the views that have trips. */
  trip(told: string): TripCells {
    let names = this.#trips.get(told);
    if (names === undefined) {
      names = {
        events: new FactName(cellName('events', [...this.#shared, 'trip', told])),
        usage: new FactName(cellName('usage', [...this.#shared, told])),
      };
      this.#trips.set(told, names);
    }
    return names;
  }

  /** The name in a view that has one dimension more. */
  with(view: OtherView, value: string): FactName {
    const names = (this.#others[view] ??= new Map());
    return nameIn(names, value, () => cellName(view, [...this.#shared, value]));
  }
}

/** The cell of each window that an event counts in, by the ledger's time at its block. */
export function activityCells(kind: string, sourceKind: string, ledgerTimeMs: number): FactName[] {
  return windows.map((window) => {
    const bucket = bucketStart(window, ledgerTimeMs);
    return new FactName(cellName('activity', [window.name, bucket, kind, sourceKind]));
  });
}

/** Vehicles with the same traits, their cells by day and kind of source; the latest is mostly the next one too. */
type SortOfVehicle = {
  readonly traits: VehicleTraits;
  readonly days: Map<string, DayCells>;
  latest: DayCells | undefined;
};

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
  readonly #sorts = new Map<VehicleTraits, SortOfVehicle>();
  #latestSort: SortOfVehicle | undefined;
  readonly #activity = new Map<string, Map<string, readonly FactName[]>>();
  #latestActivity: { kind: string; sourceKind: string; cells: readonly FactName[] } | undefined;
  readonly #steps = new Map<string, StepCells>();
  #latestStep: { mileage: string; cells: StepCells } | undefined;
  #activityMs = Number.NaN;
  #size = 0;
  readonly #contributors = new Map<string, FactName>();
  #latestReferences: (References & { vid: string; source: string }) | undefined;

  /** One of so many, that together keep what one would by itself. */
  constructor(of = 1) {
    this.#daysMax = DAYS_MAX / of;
    this.#stepsMax = STEPS_MAX / of;
  }

  of({ traits, at, sourceKind }: Contributing): DayCells {
    let sort = this.#latestSort;
    if (sort?.traits !== traits) {
      sort = this.#sorts.get(traits) ?? this.#addSort(traits);
      this.#latestSort = sort;
    }
    if (sort.latest?.isOf(at, sourceKind) !== true) sort.latest = this.#dayOf(sort, at, sourceKind);
    return sort.latest;
  }

  #addSort(traits: VehicleTraits): SortOfVehicle {
    const sort: SortOfVehicle = { traits, days: new Map(), latest: undefined };
    this.#sorts.set(traits, sort);
    return sort;
  }

  #dayOf({ traits, days }: SortOfVehicle, at: string, sourceKind: string): DayCells {
    const key = at + sourceKind;
    let cells = days.get(key);
    if (cells === undefined) {
      const { brand, model, energy, region } = traits;
      cells = new DayCells([at, brand, model, energy, region, sourceKind]);
      this.#makeRoom();
      days.set(key, cells);
    }
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
    if (this.#contributors.size >= CONTRIBUTORS_MAX) this.#contributors.clear();
    const made = {
      vid,
      source,
      vehicle: new FactName(referenceKey('vehicle', vid)),
      contributor: nameIn(this.#contributors, source, () => referenceKey('contributor', source)),
    };
    this.#latestReferences = made;
    return made;
  }

  #makeRoom(): void {
    this.#size += 1;
    if (this.#size <= this.#daysMax) return;
    this.#sorts.clear();
    this.#latestSort = undefined;
    this.#size = 1;
  }
}
