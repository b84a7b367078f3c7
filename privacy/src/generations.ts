/**
 * A bounded cache in two generations: what is used moves to the young one, and when that is full the old one
 * goes. It holds up to twice its size, and costs no list of what was used when.
 */
export class Generations<Value> {
  readonly #sizeMax: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** How many it holds. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** What is there under a name; it is kept from going. */
  use(name: string): Value | undefined {
    const young = this.#young.get(name);
    if (young !== undefined) return young;
    const old = this.#old.get(name);
    if (old === undefined) return undefined;
    this.#old.delete(name);
    this.#young.set(name, old);
    return old;
  }

  /** Keeps a value. */
  set(name: string, value: Value): void {
    this.#old.delete(name);
    this.#young.set(name, value);
  }

  /** Lets the old generation go where the young one is full. Nothing goes at any other time. */
  age(): void {
    if (this.#young.size < this.#sizeMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Drops all that a rule names. */
  drop(isGone: (value: Value) => boolean): void {
    for (const generation of [this.#young, this.#old]) {
      for (const [name, value] of generation) {
        if (isGone(value)) generation.delete(name);
      }
    }
  }
}
