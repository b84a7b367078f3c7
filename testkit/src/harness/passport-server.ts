import { chaincodeCommand } from '@passport/chaincode';
import { readyEvent, type RunningProcess, startProcess } from '@passport/runtime';

const shiftedClock = new URL('shifted-clock.ts', import.meta.url).href;

/** Where the contracts are served and what they register as. */
export type PassportServerOptions = {
  readonly address: string;
  readonly packageId: string;
  /** Another clock and time zone than this machine's. */
  readonly clock?: { readonly shiftMs: number; readonly timeZone: string };
};

/** Starts the contracts in a process of their own; resolves when peers can connect. Throws ProcessError. */
export function startPassportServer(
  options: PassportServerOptions,
): Promise<RunningProcess<Record<string, unknown>>> {
  const { clock, ...server } = options;
  const { command, args, env } = chaincodeCommand(server);
  const preload = clock === undefined ? [] : ['--import', shiftedClock];
  return startProcess({
    command,
    args: [...preload, ...args],
    env: {
      ...env,
      ...(clock === undefined ? {} : { CLOCK_SHIFT_MS: `${clock.shiftMs}`, TZ: clock.timeZone }),
    },
    readyLine: readyEvent('chaincode.ready'),
  });
}
