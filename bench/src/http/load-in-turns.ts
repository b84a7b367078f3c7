import { median } from '../figure.ts';
import type { Load } from './load.ts';

/** Loads something for so many seconds. */
export type LoadFor = (seconds: number) => Promise<Load>;

/** How often each has its turn, and how long turns are. */
export type Turns = {
  /** Before the first turn: V8's compilers take seconds to be done with what a server does. */
  readonly warmSeconds: number;
  readonly turns: number;
  readonly turnSeconds: number;
};

/**
 * Loads several things in turns, since a shared machine is faster in one second than in the next: what they are to each other
 * holds nevertheless. Answers the median over the turns of each figure, and all requests.
 */
export async function loadInTurns(
  all: readonly LoadFor[],
  { warmSeconds, turns, turnSeconds }: Turns,
): Promise<Load[]> {
  for (const load of all) await load(warmSeconds);
  const measured = all.map((): Load[] => []);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [place, load] of all.entries()) measured[place]?.push(await load(turnSeconds));
  }
  return measured.map((loads) => ({
    requests: loads.reduce((sum, { requests }) => sum + requests, 0),
    perSecond: median(loads.map(({ perSecond }) => perSecond)),
    p50Ms: median(loads.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(loads.map(({ p99Ms }) => p99Ms)),
  }));
}
