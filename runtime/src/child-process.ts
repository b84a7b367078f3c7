import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

import { AppError } from './app-error.ts';
import { sleep, startTimer } from './clock.ts';
import { LineSplitter } from './line-splitter.ts';
import { killWithParent } from './process-group.ts';

/** How a process ended: by its exit code, or by a signal. */
export type ProcessEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** What {@link startProcess} starts, and how it knows that it is ready. */
export type ProcessOptions<Ready> = {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the few variables in {@link inheritedVariables}; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with each line of standard output until it answers with something but undefined. */
  readonly readyLine: (line: string) => Ready | undefined;
  /** How long that may take: two minutes unless it says otherwise. */
  readonly readyTimeoutMs?: number;
  /** Called with each line of either stream, from the start to the end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** File that both streams are appended to. */
  readonly logFile?: string;
  /** Ends the start: the process is killed and the reason thrown. */
  readonly signal?: AbortSignal;
};

/** A process that this one started and must end. */
export type RunningProcess<Ready> = {
  /** What `readyLine` answered. */
  readonly ready: Ready;
  readonly pid: number;
  /** Settles when the process has ended, whoever ended it; never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** SIGTERM, and SIGKILL to its whole group after `graceMs`; resolves when it has ended. */
  stop(graceMs: number): Promise<ProcessEnd>;
  /** Sends a signal to the process, not to its own children. No effect when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** The last lines of its output, for error messages. */
  tail(): string;
};

/** The process could not be started, died, or was not ready in time; the message has its tail. */
export class ProcessError extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'PROCESS_NOT_READY', retry: 'never', cause });
  }
}

/** Variables of this process that a started process gets too. */
export const inheritedVariables = [
  'PATH',
  'HOME',
  'TMPDIR',
  'SystemRoot',
  'NODE_COMPILE_CACHE',
] as const;

/** A service is ready in seconds, but beside a dozen that start on two cores, when these have other work too. */
const READY_MS = 120_000;

const TAIL_LINES = 40;
const TAIL_LINE_CHARACTERS = 500;

/** How long output may still come after the end, from a descendant that left the group. */
const OUTPUT_GRACE_MS = 500;

/** Reads a ready line of `runService`: the JSON object whose `event` is the one named. */
export function readyEvent(event: string): (line: string) => Record<string, unknown> | undefined {
  return (line) => {
    if (!line.startsWith('{')) return undefined;
    try {
      const fields = JSON.parse(line) as Record<string, unknown>;
      return fields['event'] === event ? fields : undefined;
    } catch {
      return undefined;
    }
  };
}

/**
 * Starts a process and waits until it is ready. Throws {@link ProcessError}; nothing is left
 * running then.
 *
 * The process leads a group of its own, so that Ctrl-C in a terminal reaches only its parent, which
 * stops it in order. When the parent exits, the whole group is killed. When the parent is killed by
 * SIGKILL nobody can do that: the process sees its standard input end, which is a pipe that nothing
 * is written to (`stopOnStdinEnd` of `runService` stops on that).
 */
export async function startProcess<Ready>(
  options: ProcessOptions<Ready>,
): Promise<RunningProcess<Ready>> {
  const log = openLog(options.logFile);
  const child = spawn(options.command, options.args ?? [], {
    cwd: options.cwd,
    env: { ...inherited(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const killGroup = killWithParent(child);
  const output = readOutput(child, options, log);
  const exited = endOf(child);
  const process = {
    pid: child.pid ?? 0,
    exited,
    stop: async (graceMs: number) => {
      child.kill('SIGTERM');
      const cancel = startTimer(graceMs, killGroup);
      const end = await exited;
      cancel();
      return end;
    },
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    tail: output.tail,
  };
  try {
    return { ...process, ready: await waitUntilReady(child, output.ready, exited, options) };
  } catch (error) {
    killGroup();
    await exited;
    if (options.signal?.aborted === true) throw error;
    const said = output.tail();
    const message = error instanceof Error ? error.message : String(error);
    throw new ProcessError(said === '' ? message : `${message}:\n${said}`, error);
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function inherited(): Record<string, string> {
  return Object.fromEntries(
    inheritedVariables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

type Output<Ready> = { readonly ready: Promise<Ready>; readonly tail: () => string };

function readOutput<Ready>(
  child: Child,
  options: ProcessOptions<Ready>,
  log: WriteStream | undefined,
): Output<Ready> {
  const lines: string[] = [];
  const ready = Promise.withResolvers<Ready>();
  let isReady = false;
  const read = (stream: 'stdout' | 'stderr'): void => {
    const splitter = new LineSplitter((line) => {
      lines.push(line.slice(0, TAIL_LINE_CHARACTERS));
      if (lines.length > TAIL_LINES) lines.shift();
      options.onLine?.(line, stream);
      if (isReady || stream === 'stderr') return;
      const answer = options.readyLine(line);
      if (answer === undefined) return;
      isReady = true;
      ready.resolve(answer);
    });
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text: string) => {
      log?.write(text);
      splitter.push(text);
    });
    child[stream].on('end', () => splitter.end());
  };
  child.once('close', () => log?.end());
  read('stdout');
  read('stderr');
  return { ready: ready.promise, tail: () => lines.join('\n') };
}

/** Opens the file now, so that a folder that is not there fails the start and nothing later. */
function openLog(path: string | undefined): WriteStream | undefined {
  if (path === undefined) return undefined;
  return createWriteStream(path, { fd: openSync(path, 'a') });
}

/** The end of the process, once its output has been read. */
function endOf(child: Child): Promise<ProcessEnd> {
  return new Promise((done) => {
    child.stdin.on('error', () => child.stdin.destroy());
    child.once('error', () => {
      if (child.pid === undefined) done({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      const finish = (): void => {
        cancel();
        done({ code, signal });
      };
      const cancel = startTimer(OUTPUT_GRACE_MS, finish);
      child.once('close', finish);
    });
  });
}

async function waitUntilReady<Ready>(
  child: Child,
  ready: Promise<Ready>,
  exited: Promise<ProcessEnd>,
  options: ProcessOptions<Ready>,
): Promise<Ready> {
  const { command, readyTimeoutMs = READY_MS } = options;
  const waiting = new AbortController();
  const signals = [waiting.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const notStarted = new Promise<never>((_, fail) => {
    child.once('error', (error) => fail(new Error(`cannot start ${command}: ${error.message}`)));
  });
  const ended = exited.then(({ code, signal }) => {
    throw new Error(`${command} ended with ${signal ?? `code ${code}`} before it was ready`);
  });
  const late = sleep(readyTimeoutMs, AbortSignal.any(signals)).then(() => {
    throw new Error(`${command} was not ready within ${readyTimeoutMs} ms`);
  });
  try {
    return await Promise.race([ready, notStarted, ended, late]);
  } finally {
    waiting.abort();
  }
}
