import { fileURLToPath } from 'node:url';

import {
  answerFlags,
  batchFlags,
  readyEvent,
  type RunningProcess,
  startProcess,
  streamFlags,
} from '@passport/runtime';

/** The services of the pipeline and the pages, and the package that each is the main file of. */
const packages = {
  listener: '@passport/ledger-listener',
  speed: '@passport/speed-layer',
  batch: '@passport/batch-layer',
  serving: '@passport/serving-api',
  web: '@passport/web',
} as const;

export type ServiceName = keyof typeof packages;

/** A service that runs, with the fields of its ready line. */
export type RunningService = RunningProcess<Record<string, unknown>>;

/** Starts a service as a process of its own, configured by variables. Throws ProcessError. */
export function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  options: {
    readonly logFile: string;
    readonly signal?: AbortSignal;
    readonly args?: readonly string[];
  },
): Promise<RunningService> {
  const main = fileURLToPath(import.meta.resolve(`${packages[name]}/main`));
  return startProcess({
    command: process.execPath,
    args: [...(flags[name] ?? []), main, '--stop-on-stdin-end', ...(options.args ?? [])],
    env,
    logFile: options.logFile,
    readyLine: readyEvent(`${name}.ready`),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** What the collector would cost much is started with room for its garbage. */
const flags: Partial<Record<ServiceName, readonly string[]>> = {
  listener: streamFlags,
  speed: streamFlags,
  batch: batchFlags,
  serving: answerFlags,
};
