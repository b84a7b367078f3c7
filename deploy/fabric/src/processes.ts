import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FabricNetworkError, throwIfInterrupted } from './errors.ts';
import type { Layout } from './layout.ts';
import type { Environment } from './node-environment.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import { removeRecord, writeRecord } from './process-records.ts';
import type { ProcessRecord } from './process-records.ts';
import { waitUntil } from './wait.ts';

/** A program with its arguments and all of its variables. */
export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment: Environment;
  readonly directory: string;
}

/** Options of a command line: each name, then its value. */
export function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flat();
}

const commandTimeoutMs = 120_000;
const gracePeriodMs = 10_000;

/**
 * Runs a program to its end and returns what it printed.
 *
 * @throws FabricNetworkError `command-failed` with what it said, or `interrupted`
 */
export async function runCommand(
  command: Command,
  signal: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  throwIfInterrupted(signal);
  const { program, parameters, environment, directory } = command;
  const child = spawn(program, parameters, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: commandTimeoutMs,
    signal,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const end = await new Promise<{ code: number | null; by: string | null; error?: Error }>(
    (done) => {
      child.once('error', (error) => done({ code: null, by: null, error }));
      child.once('close', (code, by) => done({ code, by }));
    },
  );
  throwIfInterrupted(signal);
  if (end.code === 0) {
    return { stdout, stderr };
  }
  // A terminal's Ctrl-C reaches the program as well, maybe before it reaches us.
  if (end.by === 'SIGINT') {
    throw new FabricNetworkError('interrupted', 'Interrupted.');
  }
  const said = excerpt(`${stdout}\n${stderr}`);
  const how = end.error?.message ?? (end.by === null ? `ended with ${end.code}` : `was ${end.by}`);
  throw new FabricNetworkError(
    'command-failed',
    `${program} ${parameters.join(' ')}: ${how}.\n${said}`,
    { cause: end.error },
  );
}

/**
 * Starts a process that outlives this one, with its output in the logs folder, and puts it on
 * record. It leads a process group of its own, so that a terminal's Ctrl-C does not reach it.
 */
export async function startProcess(
  name: string,
  command: Command,
  layout: Layout,
): Promise<ProcessRecord> {
  mkdirSync(layout.logs, { recursive: true });
  const log = openSync(logPath(layout, name), 'a');
  try {
    const child = spawn(command.program, command.parameters, {
      cwd: command.directory,
      env: command.environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === undefined) {
      throw endedError(name, layout);
    }
    const record = { ...identity, name };
    writeRecord(layout.processes, record);
    return record;
  } finally {
    closeSync(log);
  }
}

/** Throws `process-ended`, with the end of its log, where a process no longer runs. */
export function assertRunning(record: ProcessRecord, layout: Layout): void {
  if (!isRunning(record)) {
    throw endedError(record.name, layout);
  }
}

/**
 * Stops a process and its children: asks first, insists after 10 s. Touches nothing where the
 * process has ended, even if its number has been given to another one.
 */
export async function stopProcess(record: ProcessRecord, layout: Layout): Promise<void> {
  const never = new AbortController().signal;
  if (signalGroup(record, 'SIGTERM')) {
    try {
      await waitUntil(
        `${record.name} did not stop`,
        () => !isRunning(record),
        gracePeriodMs,
        never,
      );
    } catch (error) {
      if (!(error instanceof FabricNetworkError && error.code === 'timed-out')) {
        throw error;
      }
      signalGroup(record, 'SIGKILL');
      await waitUntil(`${record.name} cannot be stopped`, () => !isRunning(record), 5000, never);
    }
  }
  removeRecord(layout.processes, record.name);
}

/** The file that takes what a process prints. */
export function logPath(layout: Layout, name: string): string {
  return join(layout.logs, `${name}.log`);
}

function signalGroup(record: ProcessRecord, signal: NodeJS.Signals): boolean {
  if (!isRunning(record)) {
    return false;
  }
  try {
    process.kill(-record.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

function endedError(name: string, layout: Layout): FabricNetworkError {
  const path = logPath(layout, name);
  const said = excerpt(readFileSync(path, 'utf8'));
  return new FabricNetworkError(
    'process-ended',
    `${name} has ended; its log ${path} says:\n${said}`,
  );
}

/** The beginning, where a Go panic says what is wrong, and the end, where all else says it. */
function excerpt(text: string): string {
  const lines = text.trim().split('\n');
  const kept = 10;
  return lines.length <= 2 * kept
    ? lines.join('\n')
    : [...lines.slice(0, kept), '…', ...lines.slice(-kept)].join('\n');
}
