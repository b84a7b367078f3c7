/** Facts that there is room for at first. */
const FACTS_MIN = 4096;

/** Facts by column: the numbers of their cell and their key, and what is added; 16 bytes for each. */
export class FactColumns {
  #size = 0;
  #cells = new Int32Array(FACTS_MIN);
  #keys = new Int32Array(FACTS_MIN);
  #deltas = new Float64Array(FACTS_MIN);

  add(cell: number, key: number, delta: number): void {
    if (this.#size === this.#cells.length) this.#grow();
    this.#cells[this.#size] = cell;
    this.#keys[this.#size] = key;
    this.#deltas[this.#size] = delta;
    this.#size += 1;
  }

  get cells(): Int32Array {
    return this.#cells.subarray(0, this.#size);
  }

  get keys(): Int32Array {
    return this.#keys.subarray(0, this.#size);
  }

  get deltas(): Float64Array {
    return this.#deltas.subarray(0, this.#size);
  }

  #grow(): void {
    const room = 2 * this.#size;
    this.#cells = copied(this.#cells, new Int32Array(room));
    this.#keys = copied(this.#keys, new Int32Array(room));
    this.#deltas = copied(this.#deltas, new Float64Array(room));
  }
}

function copied<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
