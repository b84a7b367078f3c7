/** Texts by the number of their first mention. */
export class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** By number, that of the text which was asked for next. */
  readonly #followers: number[] = [];
  #latest = 0;

  numberOf(text: string): number {
    // Facts come in the same order again and again: mostly it is what followed the latest one before.
    const expected = this.#followers[this.#latest] ?? 0;
    if (this.texts[expected] === text) {
      this.#latest = expected;
      return expected;
    }
    const number = this.#known(text);
    this.#followers[this.#latest] = number;
    this.#latest = number;
    return number;
  }

  /** Begins anew. */
  clear(): void {
    this.#numbers.clear();
    this.texts.length = 0;
    this.#followers.length = 0;
    this.#latest = 0;
  }

  #known(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.#numbers.set(text, number);
    this.texts.push(text);
    return number;
  }
}
