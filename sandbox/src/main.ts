import { randomBytes } from 'node:crypto';

import { helpText, readConfig, startTimer, systemNow, systemRandom } from '@passport/runtime';

import { runSandbox } from './sandbox.ts';
import { options, settings, usage } from './settings.ts';
import { createTerminal } from './terminal.ts';

/** How long stopping may take; then the rest is killed. */
const STOP_MS = 20_000;
/** A terminal, npm and the bootstrap all hand on Ctrl-C: soon after the first it is the same one. */
const REPEAT_MS = 1_000;

/** A person reads this, so it is no `runService`, which speaks JSON on standard output. */
async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  const terminal = createTerminal(process.stdout, process.env);
  if (argv.includes('--help')) {
    terminal.line(helpText(usage, settings, options));
    return 0;
  }
  const stopping = stopOnSignals(() => terminal.line('\nStopping…'));
  try {
    const environment = { terminal, now: systemNow, randomBytes, random: systemRandom, stopping };
    await runSandbox(readConfig(settings, options, argv, process.env), environment);
    return 0;
  } catch (error) {
    if (stopping.aborted && error === stopping.reason) return 0;
    process.stderr.write(`\nsandbox: ${describe(error)}\n`);
    return 1;
  }
}

/** A signal that aborts with the first SIGINT, SIGTERM or SIGHUP; a later one ends the process. */
function stopOnSignals(onStop: () => void): AbortSignal {
  const stopping = new AbortController();
  let askedAtMs: number | undefined;
  const stop = (): void => {
    const nowMs = systemNow().getTime();
    if (askedAtMs === undefined) {
      askedAtMs = nowMs;
      onStop();
      stopping.abort(new Error('the sandbox is asked to stop'));
      startTimer(STOP_MS, () => process.exit(1));
    } else if (nowMs - askedAtMs > REPEAT_MS) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return stopping.signal;
}

/** An expected error has a code and a message for people; of any other the stack is wanted. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? error.message : (error.stack ?? error.message);
}

// What is started ends with this process, so it must not wait for what may still be open.
process.exit(await main());
