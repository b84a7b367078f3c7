/**
 * The name of a cell, or of a key in it. It is met again for tens of facts, so it remembers the number that it was given
 * last: to look at it takes less than to look its text up among thousands.
 */
export class FactName {
  readonly text: string;
  #round = 0;
  #number = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The number that it has in a round, which is asked for once for each round in a row. */
  numberIn(numbering: Numbering): number {
    if (this.#round !== numbering.round) {
      this.#number = numbering.numberOf(this.text);
      this.#round = numbering.round;
    }
    return this.#number;
  }
}

/** Gives numbers to texts. */
export type Numbering = {
  /** While it lasts each text has one number; no other numbering has the same one, and none is 0. */
  readonly round: number;
  numberOf(text: string): number;
};

/** The name that stands for a value among others; spelled when it is asked for first. */
export function nameIn<Value extends string>(
  names: Map<Value, FactName>,
  value: Value,
  spell: (value: Value) => string,
): FactName {
  let name = names.get(value);
  if (name === undefined) {
    name = new FactName(spell(value));
    names.set(value, name);
  }
  return name;
}
