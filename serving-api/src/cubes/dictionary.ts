/** More new texts than these are not put in place one by one. */
const INSERTED_MAX = 64;

/** Texts by number, and numbers by text: a column of numbers takes less than one of texts. */
export class Dictionary {
  readonly #texts: string[] = [];
  readonly #codes = new Map<string, number>();
  /** Numbers in the order of their texts, of so many as were there when it was asked for. */
  readonly #sorted: number[] = [];

  get size(): number {
    return this.#texts.length;
  }

  /** All texts, by their numbers. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** The text's number, a new one where it has none. */
  codeOf(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#texts.length);
    this.#texts.push(text);
    return this.#texts.length - 1;
  }

  /** The text's number, where it has one. */
  find(text: string): number | undefined {
    return this.#codes.get(text);
  }

  textOf(code: number): string {
    const text = this.#texts[code];
    if (text === undefined) throw new RangeError(`no text ${code}`);
    return text;
  }

  /** Numbers of the texts from one to another, both included, in the order of texts; without one it is open. */
  between(from: string | undefined, to: string | undefined): readonly number[] {
    this.#sort();
    const start = from === undefined ? 0 : this.#placeOf((text) => text >= from);
    const end = to === undefined ? this.#sorted.length : this.#placeOf((text) => text > to);
    return this.#sorted.slice(start, end);
  }

  /** Days come one after the other: mostly what is new goes to the end. */
  #sort(): void {
    const fresh = this.#texts.length - this.#sorted.length;
    if (fresh > INSERTED_MAX) {
      for (let code = this.#sorted.length; code < this.#texts.length; code += 1) {
        this.#sorted.push(code);
      }
      this.#sorted.sort((a, b) => (this.textOf(a) < this.textOf(b) ? -1 : 1));
      return;
    }
    for (let code = this.#sorted.length; code < this.#texts.length; code += 1) {
      const own = this.textOf(code);
      this.#sorted.splice(
        this.#placeOf((text) => text > own),
        0,
        code,
      );
    }
  }

  /** Of the sorted texts, the first that is behind what is looked for. */
  #placeOf(isBehind: (text: string) => boolean): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.textOf(this.#sorted[middle] ?? 0))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
