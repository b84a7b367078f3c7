import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * How a process ended: by its exit code, or by a signal.
 *
 * @typedef {{ code: number, signal: null } | { code: null, signal: NodeJS.Signals }} End
 */

const HANDED_ON = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** The signals that a terminal sends to the whole process group, so to the child as well. */
const FROM_TERMINAL = new Set(['SIGINT', 'SIGHUP']);

/** A signal that a terminal may have sent is handed on after all when the child outlives this. */
const TERMINAL_GRACE_MS = 5_000;

/** npm hands on a signal that its group got too; repeats within this time are the same one. */
const REPEAT_MS = 1_000;

const PARENT_CHECK_MS = 1_000;

/**
 * Runs one program to its end. Signals sent to this process reach the child once; when npm, which
 * started us, is killed without a chance to say so, the child gets SIGTERM.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<End>} rejects when the program cannot be started at all
 */
export function runChild(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const stopHandingOn = handOnSignals(child);
    child.once('error', (error) => {
      stopHandingOn();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopHandingOn();
      resolve(signal === null ? { code: code ?? 1, signal: null } : { code: null, signal });
    });
  });
}

/**
 * Ends this process the way its child ended, so that the caller sees the same code or signal.
 *
 * @param {End} end
 */
export function endAs(end) {
  if (end.signal === null) {
    process.exitCode = end.code;
    return;
  }
  process.exitCode = 128 + constants.signals[end.signal];
  process.kill(process.pid, end.signal);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} takes the handlers away again
 */
function handOnSignals(child) {
  const terminal = hasTerminal();
  /** @type {Map<string, number>} */
  const handedOnAt = new Map();

  /** @param {NodeJS.Signals} signal */
  const handOn = (signal) => {
    const now = Date.now();
    if (now - (handedOnAt.get(signal) ?? 0) < REPEAT_MS) return;
    handedOnAt.set(signal, now);
    if (terminal && FROM_TERMINAL.has(signal)) {
      setTimeout(() => child.kill(signal), TERMINAL_GRACE_MS).unref();
    } else {
      child.kill(signal);
    }
  };
  for (const signal of HANDED_ON) process.on(signal, handOn);

  const parent = process.ppid;
  const orphanWatch = setInterval(() => {
    if (startedByNpm() && process.ppid !== parent) handOn('SIGTERM');
  }, PARENT_CHECK_MS).unref();

  return () => {
    clearInterval(orphanWatch);
    for (const signal of HANDED_ON) process.off(signal, handOn);
  };
}

function startedByNpm() {
  return process.env.npm_lifecycle_event !== undefined;
}

/** Whether a terminal controls this process, whatever its streams are redirected to. */
function hasTerminal() {
  if (process.platform === 'win32') return process.stdin.isTTY;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
