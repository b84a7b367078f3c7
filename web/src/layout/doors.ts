/** The doors of the house, in the order in which they are shown: each is a path and a kind of person. */
export const doors = [
  'owner',
  'certificate',
  'professional',
  'market',
  'contributor',
  'consortium',
  'live',
] as const;

/** One of {@link doors}. */
export type Door = (typeof doors)[number];
