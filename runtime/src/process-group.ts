import type { ChildProcess } from 'node:child_process';

/** Kills the groups of all that still run, when this process exits; one listener for all. */
const killers = new Set<() => void>();

/**
 * Makes a child that leads its own process group die with this process. The function that it
 * returns kills what is left of the group, and may be called when nothing is.
 */
export function killWithParent(child: ChildProcess): () => void {
  const { pid } = child;
  if (pid === undefined) return () => undefined;
  const killGroup = (): void => {
    if (killers.has(killGroup)) signalGroup(pid, 'SIGKILL');
  };
  if (killers.size === 0) process.on('exit', killAll);
  killers.add(killGroup);
  child.once('exit', () => {
    // The last moment at which the group's number cannot mean another group.
    killGroup();
    killers.delete(killGroup);
    if (killers.size === 0) process.off('exit', killAll);
  });
  return killGroup;
}

function killAll(): void {
  for (const kill of killers) kill();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // Windows has no process groups: there the process alone is ended.
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // Nobody is left in the group; macOS says EPERM where only a zombie is.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
