import { readFileSync } from 'node:fs';

const KIB_PER_MB = 1000 / 1.024;

/** Memory of this process in MB: its own, and all that is mapped, files among it. */
export function memoryMb(): { readonly own: number; readonly resident: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / KIB_PER_MB;
  return { own: read('RssAnon'), resident: read('VmRSS') };
}
