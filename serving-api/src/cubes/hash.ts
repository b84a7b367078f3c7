/** Slots are at most so full. */
const LOAD_MAX = 0.6;
const FIRST_SLOTS = 1024;

/** Finds entries of a table by their key, with 4 bytes a slot: open addressing, linear probing. */
export class HashIndex {
  #slots = new Int32Array(FIRST_SLOTS);
  #used = 0;
  /** Whether an entry has the key that is looked for; and an entry's hash, for when slots move. */
  readonly #hashOfEntry: (entry: number) => number;

  constructor(hashOfEntry: (entry: number) => number) {
    this.#hashOfEntry = hashOfEntry;
  }

  /** The entry for which `matches`, out of those of that hash; -1 when there is none. */
  find(hash: number, matches: (entry: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0 || matches(entry)) return entry;
    }
  }

  /** Takes a new entry. */
  add(hash: number, entry: number): void {
    if (this.#used + 1 > this.#slots.length * LOAD_MAX) this.#grow();
    this.#place(hash, entry);
    this.#used += 1;
  }

  #place(hash: number, entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (const slot of old) if (slot !== 0) this.#place(this.#hashOfEntry(slot - 1), slot - 1);
  }
}

/** Mixes a number into a hash of 32 bits (the finaliser of MurmurHash3, A. Appleby). */
export function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
