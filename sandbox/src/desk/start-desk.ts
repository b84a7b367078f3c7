import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readyEvent, startProcess } from '@passport/runtime';

import { CHAINCODE } from '../organisations.ts';

/** The bank's desk, as it was started here. */
export type RunningDesk = {
  readonly url: string;
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  stop(): Promise<unknown>;
};

const STOP_MS = 10_000;

/** Starts it as a process of its own. Throws ProcessError, or the signal's reason. */
export async function startDesk(options: {
  /** The sandbox's folder. */
  readonly directory: string;
  readonly profile: string;
  /** Its port; 0 for a free one. */
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<RunningDesk> {
  const { directory, profile, port, signal } = options;
  const desk = await startProcess<Record<string, unknown>>({
    command: process.execPath,
    args: [fileURLToPath(new URL('main.ts', import.meta.url)), '--stop-on-stdin-end'],
    env: {
      LEDGER_PROFILE: profile,
      CHAINCODE,
      DESK_PORT: String(port),
      DESK_BOOK: join(directory, 'bank'),
    },
    logFile: join(directory, 'logs', 'desk.log'),
    readyLine: readyEvent('desk.ready'),
    signal,
  });
  return {
    url: `http://127.0.0.1:${String(desk.ready['port'])}`,
    ended: desk.exited,
    stop: () => desk.stop(STOP_MS),
  };
}
