import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Left alone, V8 lets the heap grow with the machine's memory, to several times what the devnet
 * needs; `npm run bench -- devnet` shows what these are for.
 */
const V8_FLAGS = [
  '--max-semi-space-size=8',
  '--max-old-space-size=256',
  '--initial-old-space-size=128',
];

/** How to start a devnet as a process of its own: the Node to run, and its arguments. */
export function devnetCommand(configFile: string): {
  readonly command: string;
  readonly args: readonly string[];
} {
  return { command: process.execPath, args: [...V8_FLAGS, MAIN, '--config', configFile] };
}
