/** What a load did: the latencies of its calls, in milliseconds, and how long all took together. */
export type LoadResult = { readonly latenciesMs: readonly number[]; readonly elapsedMs: number };

/**
 * Makes `count` calls with `inFlight` of them under way at once. The first failure ends the load
 * and is thrown. `now` gives milliseconds.
 */
export async function runLoad(
  count: number,
  inFlight: number,
  call: (index: number) => Promise<unknown>,
  now: () => number,
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const startedAt = now();
      await call(index);
      latenciesMs.push(now() - startedAt);
    }
  };
  const startedAt = now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { latenciesMs, elapsedMs: now() - startedAt };
}
