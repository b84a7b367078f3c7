import { fileURLToPath } from 'node:url';

import { type RunningProcess, readyEvent, startProcess } from '@passport/runtime';

const serverFile = fileURLToPath(new URL('../probe/server.ts', import.meta.url));
const shiftedClock = new URL('shifted-clock.ts', import.meta.url).href;

const STOP_MS = 1_000;

/** Where a probe is served and what it registers as. */
export type ProbeServerOptions = {
  /** `host:port` that it listens on. */
  readonly address: string;
  readonly packageId: string;
  /** Another clock and time zone than this machine's. */
  readonly clock?: { readonly shiftMs: number; readonly timeZone: string };
};

/** A probe in a process of its own, which is started again whenever it dies. */
export type ProbeServer = {
  readonly address: string;
  stop(): Promise<void>;
};

/** Starts a probe; resolves when peers can connect. Throws ProcessError. */
export async function startProbeServer(options: ProbeServerOptions): Promise<ProbeServer> {
  let current = await startOnce(options);
  let isStopping = false;
  const supervise = async (): Promise<void> => {
    for (;;) {
      await current.exited;
      if (isStopping) return;
      current = await startOnce(options);
    }
  };
  const supervised = supervise();
  // A probe that cannot be started again fails the tests that need it, and then `stop`.
  supervised.catch(() => {});
  return {
    address: options.address,
    stop: async () => {
      isStopping = true;
      await current.stop(STOP_MS);
      await supervised;
    },
  };
}

async function startOnce(options: ProbeServerOptions): Promise<RunningProcess<unknown>> {
  const { address, packageId, clock } = options;
  const preload = clock === undefined ? [] : ['--import', shiftedClock];
  return startProcess({
    command: process.execPath,
    args: ['--no-deprecation', ...preload, serverFile],
    env: {
      CHAINCODE_SERVER_ADDRESS: address,
      CHAINCODE_ID: packageId,
      CORE_CHAINCODE_LOGGING_LEVEL: 'error',
      ...(clock === undefined ? {} : { CLOCK_SHIFT_MS: `${clock.shiftMs}`, TZ: clock.timeZone }),
    },
    readyLine: readyEvent('probe.ready'),
  });
}
