/** Makes an array of a length. */
type Make<A> = (length: number) => A;
type Numbers = Int32Array | Float64Array;

const FIRST_LENGTH = 1024;

/** Numbers in a typed array that grows as they come. */
export class Column<A extends Numbers> {
  readonly #make: Make<A>;
  #values: A;
  #length = 0;

  /** `firstLength` is what there is place for before it grows. */
  constructor(make: Make<A>, firstLength = FIRST_LENGTH) {
    this.#make = make;
    this.#values = make(firstLength);
  }

  get length(): number {
    return this.#length;
  }

  /** The numbers; some of the array's end may not be used yet. Good until the column grows. */
  get values(): A {
    return this.#values;
  }

  /** The number at a place; 0 where there is none yet. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  push(value: number): void {
    this.set(this.#length, value);
  }

  /** Sets a number, also beyond the end: what lies between is 0. */
  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index + 1);
    this.#values[index] = value;
    if (index >= this.#length) this.#length = index + 1;
  }

  #grow(needed: number): void {
    const grown = this.#make(Math.max(needed, this.#values.length * 2));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** A column of whole numbers up to 2^31. */
export function intColumn(firstLength?: number): Column<Int32Array> {
  return new Column((length) => new Int32Array(length), firstLength);
}

/** A column of whole numbers up to 2^53. */
export function sumColumn(): Column<Float64Array> {
  return new Column((length) => new Float64Array(length));
}
