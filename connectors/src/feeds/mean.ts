/** Sum, mean and largest of some values; undefined of none. Values that are not there are left out. */
export class Mean {
  #count = 0;
  #sum = 0;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number | null | undefined): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    this.#count += 1;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  get sum(): number {
    return this.#sum;
  }

  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }

  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max;
  }
}
