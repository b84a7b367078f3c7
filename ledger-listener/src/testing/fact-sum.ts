import type { Emit, Fact } from '@passport/model';

/** Adds facts up by cell and key, as maps do; what comes to nothing is left out. */
export class FactSum {
  readonly #cells = new Map<string, Map<string, number>>();

  /** Adds one fact. */
  readonly add: Emit = ({ text: cell }, { text: key }, delta) => {
    const keys = this.#cells.get(cell) ?? new Map<string, number>();
    this.#cells.set(cell, keys.set(key, (keys.get(key) ?? 0) + delta));
  };

  /** The facts, by cell in the order in which the cells were first seen. */
  facts(): Fact[] {
    const all = [...this.#cells].flatMap(([cell, keys]) =>
      [...keys].map(([key, delta]) => ({ cell, key, delta })),
    );
    return all.filter(({ delta }) => delta !== 0);
  }
}
