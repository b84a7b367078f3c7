import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

type ProcessRow = { readonly pid: number; readonly parent: number; readonly state: string };

/** Pids of the processes that this one has started and that run now. */
export function childrenOf(parent: number): number[] {
  return processes().flatMap((row) => (row.parent === parent && isAlive(row) ? [row.pid] : []));
}

/** Those of the pids that run; one that nobody has waited for yet does not. */
export function running(pids: readonly number[]): number[] {
  return processes().flatMap((row) => (pids.includes(row.pid) && isAlive(row) ? [row.pid] : []));
}

function isAlive({ state }: ProcessRow): boolean {
  return !state.startsWith('Z');
}

/** Linux always has /proc and slim images have no ps; elsewhere it is the other way round. */
function processes(): ProcessRow[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

/** Of proc_pid_stat(5): the state and the parent follow the name, which ends at the last `)`. */
function fromProc(): ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readStat(name);
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(parent), state: stat === '' ? 'Z' : state }];
  });
}

/** Empty when the process has gone since the folder was listed. */
function readStat(name: string): string {
  try {
    return readFileSync(`/proc/${name}/stat`, 'utf8');
  } catch {
    return '';
  }
}

function fromPs(): ProcessRow[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
}
