/** Texts by number, and numbers by text: a column of numbers takes less than one of texts. */
export class Dictionary {
  readonly #texts: string[] = [];
  readonly #codes = new Map<string, number>();

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
}
