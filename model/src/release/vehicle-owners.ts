import { type Fact, readCellName, readKey } from '../facts/fact.ts';
import { OWNER, OWNERS_VIEW } from '../views/owners-view.ts';

/** Stands for the owner of vehicles that nobody is known to own: together they are one. */
export const NOBODY = 'nobody' as const;

/** Who owns which vehicle, by the facts of the private view. */
export class VehicleOwners {
  /** Of nearly all vehicles there is one owner, counted once. */
  readonly #only = new Map<string, string>();
  readonly #several = new Map<string, Map<string, number>>();

  /** Adds a fact; those of other views are passed over. */
  add({ cell, key, delta }: Fact): void {
    const { view, dimensions } = readCellName(cell);
    const read = readKey(key);
    if (view !== OWNERS_VIEW || read.type !== 'reference' || read.to !== OWNER) return;
    const [vid = ''] = dimensions;
    const owners = this.#countsOf(vid);
    owners.set(read.id, (owners.get(read.id) ?? 0) + delta);
    for (const [ref, count] of owners) if (count === 0) owners.delete(ref);
    this.#only.delete(vid);
    this.#several.delete(vid);
    const [first] = owners;
    if (owners.size === 1 && first?.[1] === 1) this.#only.set(vid, first[0]);
    else if (owners.size > 0) this.#several.set(vid, owners);
  }

  /** The owner of a vehicle; of several, which should not be, the first by name. */
  ownerOf(vid: string): string {
    const only = this.#only.get(vid);
    if (only !== undefined) return only;
    const several = this.#several.get(vid);
    // So it is of whole fleets, each time that they are a crowd but for their owners.
    if (several === undefined) return NOBODY;
    const present = [...several].filter(([, count]) => count > 0);
    return present.map(([ref]) => ref).sort()[0] ?? NOBODY;
  }

  #countsOf(vid: string): Map<string, number> {
    const only = this.#only.get(vid);
    if (only !== undefined) return new Map([[only, 1]]);
    return this.#several.get(vid) ?? new Map<string, number>();
  }
}
