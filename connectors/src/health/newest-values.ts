/** Values that are kept: enough for a quantile, and few enough to sort at each scrape. */
const KEPT = 256;

/** The newest values of something that is measured, and their quantiles. */
export class NewestValues {
  readonly #values: number[] = [];
  #next = 0;

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** The least value that this part of them does not exceed, 0 < part <= 1; undefined where there is none. */
  quantile(part: number): number | undefined {
    const sorted = this.#values.toSorted((a, b) => a - b);
    return sorted[Math.ceil(part * sorted.length) - 1];
  }
}
