import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

import { answerFlags, batchFlags, foldsFlags, streamFlags } from '@passport/runtime';

/** Memory is measured here, and left alone the old generation grows with the machine. */
const OLD_SPACE = '--max-old-space-size=380';

/** A young generation that is held tighter than that of services. */
const YOUNG_SPACE = '--max-semi-space-size=8';

/** Besides, these have the flags that they are started with everywhere. */
const ownFlags: Readonly<Record<string, readonly string[]>> = {
  listener: streamFlags,
  'listener-of-folds': foldsFlags,
  speed: streamFlags,
  archive: batchFlags,
  serving: [YOUNG_SPACE, ...answerFlags],
};

/** The programs of parts that are another one with flags of their own. */
const programs: Readonly<Record<string, string>> = { 'listener-of-folds': 'listener' };

function flagsOf(part: string): readonly string[] {
  return [OLD_SPACE, ...(ownFlags[part] ?? [YOUNG_SPACE])];
}

/** Runs a part in a process of its own, so that its memory is its own; answers its one message. */
export async function runPart<T>(part: string, ...args: readonly string[]): Promise<T> {
  const child = startPart(part, ...args);
  const answer = await messageOf<T>(child, part);
  await endOf(child);
  return answer;
}

/** Starts a part. */
export function startPart(part: string, ...args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, `${programs[part] ?? part}-child.ts`);
  return fork(path, [...args], {
    execArgv: [...flagsOf(part)],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** The next message of a part. Rejects when it ends before. */
export function messageOf<T>(child: ChildProcess, part: string): Promise<T> {
  return new Promise((done, fail) => {
    child.once('message', (message) => done(message as T));
    child.once('exit', (code) => fail(new Error(`${part} has ended with code ${code}`)));
  });
}

/** Waits for its end. */
export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((done) => {
    child.once('exit', done);
  });
}
