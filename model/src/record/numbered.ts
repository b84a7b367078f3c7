import type { Numbering } from '../facts/fact-name.ts';

/** Of all that there were. */
let rounds = 0;

/** Texts by the number of their first mention. */
export class Numbered implements Numbering {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  #round = (rounds += 1);

  get round(): number {
    return this.#round;
  }

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.#numbers.set(text, number);
    this.texts.push(text);
    return number;
  }

  /** Begins anew. */
  clear(): void {
    this.#round = rounds += 1;
    this.#numbers.clear();
    this.texts.length = 0;
  }
}
