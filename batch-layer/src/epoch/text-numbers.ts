/** Texts by the number of their first mention: what repeats goes to DuckDB as a number. */
export class TextNumbers {
  readonly #numbers = new Map<string, number>();

  /** The text's number, a new one where it has none. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  /** The texts, each at the place of its number. */
  texts(): readonly string[] {
    return Array.from(this.#numbers.keys());
  }
}
