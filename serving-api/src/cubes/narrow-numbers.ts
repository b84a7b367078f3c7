type Numbers = Uint8Array | Uint16Array | Int8Array | Int16Array | Int32Array;

/** A kind of array, and what it holds. */
type Width = {
  readonly make: (length: number) => Numbers;
  readonly min: number;
  readonly max: number;
};

const WIDEST: Width = {
  make: (length) => new Int32Array(length),
  min: -(2 ** 31),
  max: 2 ** 31 - 1,
};

/** For numbers on both sides of 0. */
const signed: readonly Width[] = [
  { make: (length) => new Int8Array(length), min: -(2 ** 7), max: 2 ** 7 - 1 },
  { make: (length) => new Int16Array(length), min: -(2 ** 15), max: 2 ** 15 - 1 },
  WIDEST,
];

/** For numbers that are never below 0. */
const unsigned: readonly Width[] = [
  { make: (length) => new Uint8Array(length), min: 0, max: 2 ** 8 - 1 },
  { make: (length) => new Uint16Array(length), min: 0, max: 2 ** 16 - 1 },
  WIDEST,
];

/** As many whole numbers as it is made for, all 0 at first, in an array as narrow as they allow: 1, 2 or 4 bytes each. */
export class NarrowNumbers {
  readonly #widths: readonly Width[];
  #width: Width;
  #values: Numbers;

  constructor(length: number, sign: 'signed' | 'unsigned') {
    const widths = sign === 'signed' ? signed : unsigned;
    this.#widths = widths;
    this.#width = widths[0] ?? WIDEST;
    this.#values = this.#width.make(length);
  }

  /** The numbers. Good until a wider one is set. */
  get values(): Numbers {
    return this.#values;
  }

  /** Sets a number; one beyond 32 bits throws RangeError. */
  set(index: number, value: number): void {
    if (value < this.#width.min || value > this.#width.max) this.#widen(value);
    this.#values[index] = value;
  }

  #widen(value: number): void {
    const wider = this.#widths.find(({ min, max }) => value >= min && value <= max);
    if (wider === undefined) throw new RangeError(`${value} is not of 32 bits`);
    // What was there fits: a number that is too wide for one array is so for those before it.
    const values = wider.make(this.#values.length);
    values.set(this.#values);
    this.#width = wider;
    this.#values = values;
  }
}
