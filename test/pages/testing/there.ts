/** What a scenario before this one has left. Throws where it has not come so far. */
export function there<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`there is no ${name} yet`);
  return thing;
}
