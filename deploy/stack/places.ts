/**
 * Where things of the compose file are on this machine: its names of hosts, ports, folders and
 * secrets, and what stands for each here.
 */
export class Places {
  readonly #here = new Map<string, string>();

  /** From now on `there`, wherever it is in a text, means `here`. */
  set(there: string, here: string): void {
    this.#here.set(there, here);
  }

  /** The same text as it has to be on this machine. */
  inText(text: string): string {
    // The longest name first, as one may be the beginning of another.
    const names = [...this.#here.keys()].toSorted((a, b) => b.length - a.length);
    return names.reduce(
      (changed, name) => changed.replaceAll(name, this.#here.get(name) ?? name),
      text,
    );
  }

  /** The same variables. */
  inVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, this.inText(value)]),
    );
  }
}
