import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type ProcessEnd,
  ProcessError,
  type RunningProcess,
  sleep,
  startProcess,
  systemNow,
} from '@passport/runtime';

/** A server on this machine that this process started. It ends with this process, however that ends. */
export type LocalServer = {
  readonly pid: number;
  /** Settles when the server has ended, whoever ended it. */
  readonly exited: Promise<ProcessEnd>;
  /** Ends it in order; resolves when it has ended. Again is allowed. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL, as an accident would; resolves when it has ended. */
  kill(): Promise<void>;
};

/** A server to start, and how to know that it answers. */
export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its working folder; made when it is not there. Its output is appended to `server.log` here. */
  readonly directory: string;
  /** Asked again and again until it says yes. Must be sure that it talks to this very process. */
  readonly answers: (pid: number) => Promise<boolean>;
  readonly onLine?: (line: string) => void;
  readonly readyMsMax: number;
  readonly stopMsMax: number;
  readonly signal?: AbortSignal | undefined;
};

const POLL_MS = 30;
const SHELL_MS_MAX = 10_000;
const STARTED = 'passport.server.started';

/**
 * Becomes the server, after leaving behind a watcher: it reads this process's end of a pipe, which
 * closes even when this process is killed, and then kills the group that it shares with the server.
 * `startProcess` kills the watcher when the server ends first.
 */
const GUARD = `
exec 3<&0 </dev/null
(cat <&3; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
echo ${STARTED}
exec "$@"`;

/** Starts a server and waits until it answers. Throws ProcessError; nothing is left running then. */
export async function startServer(options: ServerCommand): Promise<LocalServer> {
  const { command, args, directory, env, onLine, signal, stopMsMax } = options;
  await mkdir(directory, { recursive: true });
  const server = await startProcess({
    command: '/bin/sh',
    args: ['-c', GUARD, 'sh', command, ...args],
    cwd: directory,
    logFile: join(directory, 'server.log'),
    readyLine: (line) => (line === STARTED ? true : undefined),
    readyTimeoutMs: SHELL_MS_MAX,
    ...(env === undefined ? {} : { env }),
    ...(onLine === undefined ? {} : { onLine }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    await waitUntilItAnswers(server, options);
  } catch (error) {
    await end(server, 'SIGKILL');
    throw error;
  }
  return {
    pid: server.pid,
    exited: server.exited,
    stop: async () => void (await server.stop(stopMsMax)),
    kill: () => end(server, 'SIGKILL'),
  };
}

async function waitUntilItAnswers(
  server: RunningProcess<unknown>,
  { command, answers, readyMsMax, signal }: ServerCommand,
): Promise<void> {
  const giveUpAt = systemNow().getTime() + readyMsMax;
  let ended: ProcessEnd | undefined;
  void server.exited.then((end) => {
    ended = end;
  });
  while (!(await answers(server.pid))) {
    if (ended !== undefined) {
      const how = ended.signal ?? `code ${ended.code}`;
      throw new ProcessError(`${command} ended with ${how} before it answered:\n${server.tail()}`);
    }
    if (systemNow().getTime() > giveUpAt) {
      throw new ProcessError(`${command} did not answer in ${readyMsMax} ms:\n${server.tail()}`);
    }
    await sleep(POLL_MS, signal);
  }
}

async function end(server: RunningProcess<unknown>, signal: NodeJS.Signals): Promise<void> {
  server.kill(signal);
  await server.exited;
}
