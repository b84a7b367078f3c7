import type { StartTimer } from '@passport/runtime';

/** What the devnet needs of its process. */
export type DevnetEnvironment = {
  readonly systemNow: () => Date;
  readonly startTimer: StartTimer;
  /** Told of what an operator may want to know; the event is named in dotted snake case. */
  readonly log: (event: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Told of an error after which the chain must not go on: the process is to end. */
  readonly onFatal: (error: unknown) => void;
};
