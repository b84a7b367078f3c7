/** What all of them come to, once the last has ended: nothing works on behind a failure. */
export async function ended<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
