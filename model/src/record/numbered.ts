/** Texts by the number of their first mention. */
export class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }

  /** Begins anew. */
  clear(): void {
    this.#numbers.clear();
    this.texts.length = 0;
  }
}
