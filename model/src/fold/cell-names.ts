import { cellName } from '../facts/fact.ts';
import { bucketStart, windows } from '../views/windows.ts';
import type { Contributing, VehicleTraits } from './ledger-event.ts';

/** Names of the cells that events of one day, kind of source and sort of vehicle count in. */
export class DayCells {
  /** In the view `mileage`, but for the last dimension. */
  readonly mileage: string;
  readonly #shared: readonly string[];
  readonly #others = new Map<string, string>();

  constructor(shared: readonly string[]) {
    this.#shared = shared;
    this.mileage = cellName('mileage', shared);
  }

  /** The name in a view that has more dimensions. */
  with(view: 'events' | 'usage' | 'interventions' | 'incidents', ...values: string[]): string {
    const key = `${view} ${values.join(' ')}`;
    let name = this.#others.get(key);
    if (name === undefined) {
      name = cellName(view, [...this.#shared, ...values]);
      this.#others.set(key, name);
    }
    return name;
  }
}

/** The cell of each window that an event counts in, by the ledger's time at its block. */
export function activityCells(kind: string, sourceKind: string, ledgerTimeMs: number): string[] {
  return windows.map((window) => {
    const bucket = bucketStart(window, ledgerTimeMs);
    return cellName('activity', [window.name, bucket, kind, sourceKind]);
  });
}

/** Names are kept for so many days and sorts of vehicle. */
const DAYS_MAX = 20_000;

/**
 * Spells the names of cells, each once: most events of a batch count in cells that others of it count
 * in as well, and a text that is there already is found faster than one that is made anew.
 */
export class CellNames {
  readonly #days = new Map<VehicleTraits, Map<string, DayCells>>();
  readonly #activity = new Map<string, readonly string[]>();
  #activityMs = Number.NaN;
  #size = 0;

  of({ traits, at, sourceKind }: Contributing): DayCells {
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
    return cells;
  }

  /** The cell in each window; they are those of one ledger time. */
  activity(kind: string, sourceKind: string, ledgerTimeMs: number): readonly string[] {
    if (ledgerTimeMs !== this.#activityMs) {
      this.#activity.clear();
      this.#activityMs = ledgerTimeMs;
    }
    const key = `${kind} ${sourceKind}`;
    let cells = this.#activity.get(key);
    if (cells === undefined) {
      cells = activityCells(kind, sourceKind, ledgerTimeMs);
      this.#activity.set(key, cells);
    }
    return cells;
  }

  #makeRoom(): void {
    this.#size += 1;
    if (this.#size <= DAYS_MAX) return;
    this.#days.clear();
    this.#size = 1;
  }
}
