import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const KIB = 1024;
const MB = 1_000_000;

/** Resident memory of a process in MB, file pages that it has mapped included. */
export async function residentMb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  const kib = Number(stdout.trim());
  if (!(kib > 0)) throw new Error(`ps does not know process ${pid}`);
  return (kib * KIB) / MB;
}
